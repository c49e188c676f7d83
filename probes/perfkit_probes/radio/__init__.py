"""Radio devices: one file per family, listed in `table`."""
