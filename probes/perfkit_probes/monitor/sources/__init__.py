"""What the monitor looks at, one module each; the table lists them."""
