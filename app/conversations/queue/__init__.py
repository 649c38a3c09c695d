"""Positions in a queue and the estimated wait."""
