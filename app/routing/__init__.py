"""Who gets which conversation, and why."""
