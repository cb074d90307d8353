"""The durable life of every bank call that a conversation makes, above all of money."""
