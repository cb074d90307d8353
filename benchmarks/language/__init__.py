"""What the dialog engine costs: a turn, a formula, a folder of flows, each beside a bound taken in the same rounds."""
