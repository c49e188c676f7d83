"""Who measured, where, for whom and under which agreement: `lab.yaml`, as a file and as values."""
