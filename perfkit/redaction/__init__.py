"""A copy of a campaign that can be given away: identities and secrets pseudonymised, timings and lines untouched."""
