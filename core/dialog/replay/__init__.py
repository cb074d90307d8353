"""Recorded conversations played through other flows: which of them would end differently. Pure; nothing is sent."""
