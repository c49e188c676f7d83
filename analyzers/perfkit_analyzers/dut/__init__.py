"""What the logs tell of the DUT itself: its identity, its configuration, the time stamps that it writes."""
