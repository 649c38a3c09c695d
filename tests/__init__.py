"""The proof: domain tests over both databases, journeys over real sockets, browsers, faults."""
