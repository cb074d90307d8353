"""The language described from its own code: for editors as JSON Schema, for people as a page."""
