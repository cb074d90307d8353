"""SMS: what it can do, for checking flows; the channel itself is still to come."""
