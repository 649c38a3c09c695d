"""Reading a mail that was handed over: bytes in, what it says out. No rows, no network; it runs in a bounded child."""
