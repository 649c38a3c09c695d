"""Work to be done later, written by the transaction that causes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, JsonColumn, UtcDateTime

IS_ALIVE, IS_DEAD = text("state != 'dead'"), text("state = 'dead'")
"""In these very words, or SQLite cannot use the indexes."""


class Job(Base):
    """`state` is waiting, running or dead; a finished job's row is gone.

    While (`kind`, `unique_key`) waits, the same is not queued again. A running job whose lease has lapsed is taken
    by another process. `attempts` counts the claims: what a runner writes has an effect only while its claim is the last.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "unique_key"),
        Index("ix_jobs_due", "run_at", sqlite_where=IS_ALIVE, postgresql_where=IS_ALIVE),
        Index("ix_jobs_kind_due", "kind", "run_at", sqlite_where=IS_ALIVE, postgresql_where=IS_ALIVE),
        Index("ix_jobs_dead", "kind", "id", sqlite_where=IS_DEAD, postgresql_where=IS_DEAD),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    unique_key: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    last_error: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
