"""The messages between Parley and its clients, written once; HTTP and sockets both speak it."""

CONTRACT_VERSION = 1
