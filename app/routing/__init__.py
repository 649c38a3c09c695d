"""Routing: which agent gets which conversation, and why."""
