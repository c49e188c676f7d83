"""Writes the sample campaign from a scenario and computes what must be measured in it; knows nothing of perfkit."""
