"""Probes of the network link and of the radio device."""
