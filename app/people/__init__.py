"""Contacts, agents and teams: who they are, what they may do, and whether they are here."""
