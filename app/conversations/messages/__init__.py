"""The path of one message, from the command to the row."""
