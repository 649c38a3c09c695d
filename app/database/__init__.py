"""Rows and transactions, the same for SQLite and PostgreSQL."""

from app.database.database_clock import DatabaseClock
from app.database.open import open_database
from app.database.prepared import Prepared, bare, prepared_by
from app.database.rows import Batch, Database, Rows, Transaction

__all__ = ["Batch", "Database", "DatabaseClock", "Prepared", "Rows", "Transaction", "bare", "open_database", "prepared_by"]
