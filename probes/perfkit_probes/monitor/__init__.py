"""Watching a link during the measurement: sources, the sampler that asks them, the file that keeps the answers."""
