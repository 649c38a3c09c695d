"""Catching up after an absence, read marks and drafts."""
