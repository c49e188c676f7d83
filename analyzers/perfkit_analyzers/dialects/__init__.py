"""Versions of OCPP: what each message means, in words that the rules share."""
