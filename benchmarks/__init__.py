"""What Teller costs, measured end to end on the machine it runs on: `python -m benchmarks`."""
