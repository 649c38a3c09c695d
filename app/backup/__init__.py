"""Everything Parley keeps, in one file, and back from it into an empty place."""
