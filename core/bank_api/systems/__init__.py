"""One YAML file per bank system; adding a bank system is adding a file."""
