"""Declarative conversion between a bank's XML or JSON and the platform's JSON."""
