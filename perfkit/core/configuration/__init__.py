"""Configuration keys of a charging station: the standard's table, and what is wrong with what a station answers."""
