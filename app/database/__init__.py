"""Rows and transactions, the same for SQLite and PostgreSQL."""

from app.database.opening import open_database
from app.database.rows import Database, Rows, Transaction

__all__ = ["Database", "Rows", "Transaction", "open_database"]
