"""From message logs to performance parameters."""
