"""Charts of a campaign, drawn by matplotlib: the same figure for HTML, PDF and notebooks. See `table`."""
