"""Warnings of clocks and nodes: jumps, clocks that differ, full disks; and which warnings an agent has dismissed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, IdColumn, UtcDateTime


class ClockJump(Base):
    """The database's clock jumped by `seconds`. Parley's time did not: from then on it is ahead of the database's by
    `ahead_seconds`, which is worked off. Numbered, so that of two nodes that notice it only one can say so."""

    __tablename__ = "clock_jumps"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seconds: Mapped[float]
    ahead_seconds: Mapped[float]
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noticed_by: Mapped[str] = mapped_column(String(200))


class NodeClock(Base):
    """A node's own clock is ahead of the database's by so much, as seen at Parley's time `seen_at`. Only those that differ."""

    __tablename__ = "node_clocks"

    node: Mapped[str] = mapped_column(String(200), primary_key=True)
    ahead_seconds: Mapped[float]
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NodeWarning(Base):
    """A node's disk is nearly full (`figure` bytes are free), or it has met damage in the database. Gone once it is not so."""

    __tablename__ = "node_warnings"

    node: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    figure: Mapped[float]
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DismissedNotice(Base):
    """An agent does not want to be told this again in passing."""

    __tablename__ = "dismissed_notices"

    agent_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("agents.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    dismissed_at: Mapped[datetime] = mapped_column(UtcDateTime)
