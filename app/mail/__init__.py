"""Email: what goes out, through an outbox of rows."""
