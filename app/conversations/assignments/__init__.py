"""The owner of a conversation: claimed, offered, assigned, transferred and returned to the queue."""
