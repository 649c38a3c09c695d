"""Wires: sockets, the hub, and the browser's half of the same protocol."""
