"""Signatures of PDF reports: making them and checking them."""
