"""Recorded conversations out of the journal: to play them again, to make tests of them, to count where people leave."""
