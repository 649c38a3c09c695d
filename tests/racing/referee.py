"""Judges every assignment at the moment it is committed, in the database itself, with words of its own.

A deferred trigger looks at what the transaction leaves behind, so nothing is only found out, or made up for, later.
"""

from __future__ import annotations

from collections import Counter

import asyncpg

JUDGE = """
CREATE TABLE race_violations (kind text NOT NULL, assignment_id uuid NOT NULL, detail text NOT NULL);

CREATE FUNCTION judge_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    holder agents;
    load numeric;
BEGIN
    IF (SELECT count(*) FROM assignments WHERE conversation_id = NEW.conversation_id AND ended_at IS NULL) > 1 THEN
        INSERT INTO race_violations VALUES ('two_owners', NEW.id, NEW.reason);
    END IF;
    IF NEW.made_by <> 'routing' OR NEW.agent_id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO holder FROM agents WHERE id = NEW.agent_id;
    IF holder.lease_until IS NULL OR holder.lease_until <= NEW.started_at OR holder.presence <> 'online' OR NOT holder.is_active THEN
        INSERT INTO race_violations VALUES ('without_lease', NEW.id, NEW.reason || ' ' || holder.presence || ' ' || coalesce(holder.lease_until::text, 'none'));
    END IF;
    SELECT coalesce(sum(CASE WHEN last_message_at <= NEW.started_at - interval '10 minutes' THEN 0.5 ELSE 1 END), 0) INTO load
        FROM conversations WHERE agent_id = NEW.agent_id AND category IN ('new', 'open');
    IF load > holder.capacity THEN
        INSERT INTO race_violations VALUES ('over_capacity', NEW.id, NEW.reason || ' ' || load || ' of ' || holder.capacity);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER judge AFTER INSERT ON assignments DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION judge_assignment();
"""

FEW_OF_MANY = "CREATE INDEX ON assignments (conversation_id) WHERE ended_at IS NULL"
"""Here the same conversations are given out hundreds of times, and of each only the last counts."""

HASTE = """
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$
"""
"""Nothing is cut off in a race, so nothing needs to wait for the disk."""

ORPHANS = """
SELECT count(*) FROM conversations c WHERE c.category IN ('new', 'open') AND (
    (c.agent_id IS NULL AND c.queued_at IS NULL)
    OR (c.agent_id IS NULL AND EXISTS (
        SELECT FROM assignments a WHERE a.conversation_id = c.id AND a.ended_at IS NULL AND a.agent_id IS NOT NULL))
    OR (c.agent_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM assignments a WHERE a.conversation_id = c.id AND a.ended_at IS NULL AND a.agent_id = c.agent_id))
    OR (c.agent_id IS NOT NULL AND NOT EXISTS (SELECT FROM agents g WHERE g.id = c.agent_id AND g.is_active)))
"""
"""Neither owned nor queued, owned by nobody who works here, or the history says otherwise: at any moment."""

FORSAKEN = """
SELECT count(*) FROM conversations c JOIN agents g ON g.id = c.agent_id
WHERE c.category IN ('new', 'open') AND c.waiting_since IS NOT NULL AND c.assigned_at < g.presence_since
    AND (g.lease_until IS NULL OR g.lease_until <= now()) AND g.left_at IS NULL
"""
"""Left waiting for an agent who had it while they were here and whose grace is over: once the sweeps have run."""


async def seat_referee(url: str) -> None:
    """Judge everything from now on."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(JUDGE)
        await connection.execute(FEW_OF_MANY)
        await connection.execute(HASTE)
    finally:
        await connection.close()


class Referee:
    """Looks at the rows while the race is on."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.checkpoints = 0
        self.orphans = 0

    async def look(self) -> int:
        """A checkpoint; how many assignments to agents there are by now."""
        self.checkpoints += 1
        self.orphans += await self._connection.fetchval(ORPHANS) or 0
        return await self._connection.fetchval("SELECT count(*) FROM assignments WHERE agent_id IS NOT NULL") or 0

    async def found(self) -> dict[str, int]:
        """Violations by kind, those of every checkpoint included."""
        rows = await self._connection.fetch("SELECT kind, count(*) FROM race_violations GROUP BY kind")
        kinds = Counter({"two_owners": 0, "over_capacity": 0, "without_lease": 0, "orphaned": self.orphans})
        kinds["orphaned"] += await self._connection.fetchval(FORSAKEN) or 0
        kinds.update({row["kind"]: row["count"] for row in rows})
        return dict(kinds)

    async def examples(self, most: int = 10) -> list[str]:
        rows = await self._connection.fetch("SELECT kind, detail, assignment_id::text AS id FROM race_violations LIMIT $1", most)
        return [f"{row['kind']}: {row['detail']} ({row['id']})" for row in rows]

    async def tally(self) -> dict[str, int]:
        """What happened, by reason and outcome."""
        rows = await self._connection.fetch(
            "SELECT reason || coalesce(' ' || outcome, '') AS what, count(*) FROM assignments GROUP BY 1 ORDER BY 1"
        )
        return {row["what"]: row["count"] for row in rows}
