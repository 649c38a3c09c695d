"""Escalation: the agents who decide, and what was asked and decided."""
