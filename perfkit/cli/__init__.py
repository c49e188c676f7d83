"""The command line: argument parsing, printing, exit codes."""
