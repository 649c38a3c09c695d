"""A shop, its help centre and its people, to try Parley with."""
