"""What one message does, from the command to the row."""
