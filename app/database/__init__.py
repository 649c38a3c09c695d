"""Rows and transactions, the same for SQLite and PostgreSQL."""

from app.database.opening import open_database
from app.database.prepared import Prepared, bare
from app.database.rows import Database, Rows, Transaction

__all__ = ["Database", "Prepared", "Rows", "Transaction", "bare", "open_database"]
