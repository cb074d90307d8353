"""JSON over HTTP with a bearer token."""
