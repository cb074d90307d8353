"""Translations as a translator works with them: what is missing or stale, PO files out and in."""
