"""Emulated hardware and links: what perfkit is tried with, by its tests and by its users."""
