"""Log formats: one file each, listed in `table`."""
