"""The scanner written in C: its source, its signature, and how it is found."""
