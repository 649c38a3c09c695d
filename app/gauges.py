"""Figures for Prometheus that lie in rows and on the disk: mail that waits, jobs that are late, the age of the last backup."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prometheus_client import Gauge
from sqlalchemy import func, select

from app.mail.status import count_unsent
from app.work import Works
from models import Job

COUNT_SECONDS = 15.0
BACKUP_MARK = "last-backup"
"""A file of the data folder that a backup writes the time into."""

mails_unsent = Gauge(
    "parley_mails_unsent", "Mails that have not left, by state: queued, waiting, failing, held or failed", ["state"]
)
jobs_late = Gauge("parley_jobs_late_seconds", "How long the oldest job that is due has waited; 0 with none")
jobs_dead = Gauge("parley_jobs_dead", "Jobs that were given up after their last try")
backup_age = Gauge("parley_backup_age_seconds", "Seconds since the last backup from this data folder; -1 before the first")


async def count_for_metrics(works: Works, data_path: Path) -> None:
    """Set the gauges from what lies in the database now."""
    now = works.clock()
    async with works.read() as rows:
        unsent = await count_unsent(rows)
        oldest = await rows.one(select(func.min(Job.run_at)).where(Job.state != "dead", Job.run_at <= now))
        dead = await rows.one(select(func.count()).select_from(Job).where(Job.state == "dead"))
    for state in ("queued", "waiting", "failing", "held", "failed"):
        mails_unsent.labels(state).set(unsent.get(state, 0))
    jobs_late.set((now - oldest).total_seconds() if oldest else 0)
    jobs_dead.set(dead or 0)
    backup_age.set(_seconds_since_backup(data_path / BACKUP_MARK, now))


def note_backup(data_path: Path, made_at: datetime) -> None:
    """Write down when the last backup was made, where the data folder may be written."""
    try:
        (data_path / BACKUP_MARK).write_text(made_at.isoformat())
    except OSError:
        return


def _seconds_since_backup(mark: Path, now: datetime) -> float:
    try:
        return (now - datetime.fromisoformat(mark.read_text())).total_seconds()
    except (OSError, ValueError):
        return -1
