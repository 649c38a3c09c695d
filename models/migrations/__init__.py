"""The tables' history. Every step runs on SQLite and PostgreSQL; steps expand first and contract a release later."""
