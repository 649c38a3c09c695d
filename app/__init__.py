"""Verbs: what the platform does, and its HTTP face."""
