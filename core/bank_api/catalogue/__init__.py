"""The bank's operations as flows see them: a typed declaration and a handler each."""
