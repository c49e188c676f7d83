"""The Protocol Implementation Conformance Statement (PICS) that a vendor hands in, as a YAML file and as values."""
