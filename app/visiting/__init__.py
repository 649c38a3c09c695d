"""Visitors: who is on a site, where contacts have been, and what we say to visitors first."""
