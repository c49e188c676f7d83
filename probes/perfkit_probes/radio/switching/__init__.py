"""Changing the technology and putting it back: the journal on disk and the guard around a run."""
