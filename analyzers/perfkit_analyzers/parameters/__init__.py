"""Performance parameters: one file each, listed in `table`."""
