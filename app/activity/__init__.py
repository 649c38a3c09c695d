"""The record of changes: one row for each, written in the transaction that made it."""
