"""What a turn leaves behind to be played again: readable, and without anything that belongs to a person."""
