"""What was promised, and by when."""
