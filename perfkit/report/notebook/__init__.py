"""Notebooks over finished results: what they read, and how `perfkit report` executes them."""
