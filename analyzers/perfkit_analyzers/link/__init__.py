"""The state of the link beside each observation: clocks, samples of the monitor, the join (docs/method.md 12)."""
