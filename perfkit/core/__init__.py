"""Values and pure functions shared by analyzers, probes and reports."""
