"""The wrapper around the bank: its SOAP and REST systems behind one catalogue of typed operations."""
