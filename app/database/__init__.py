"""Rows and transactions, the same for SQLite and PostgreSQL."""

from app.database.opening import open_database
from app.database.prepared import Prepared, bare, prepared_by
from app.database.rows import Batch, Database, Rows, Transaction
from app.database.timekeeper import DatabaseClock

__all__ = ["Batch", "Database", "DatabaseClock", "Prepared", "Rows", "Transaction", "bare", "open_database", "prepared_by"]
