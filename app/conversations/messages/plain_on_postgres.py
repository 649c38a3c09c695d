"""Plain messages on PostgreSQL: all of them in one statement, one round trip, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.clock import MAX_CATCH_UP, new_id
from app.conversations.messages.plain import Plain
from app.conversations.messages.send import UNREAD_JOB

# Rows are locked in the order of their ids, so that two nodes cannot wait for each other. An UPDATE that had to wait for
# a row looks at its newest version; a client_id raced by another node ends in the unique key, and then in the verb. Whether
# a key is known is asked for each in a subquery: as NOT EXISTS it is a join, and where nothing has been counted yet all of
# the messages are read for it.
_ALL_ON_POSTGRES = """
    WITH asked AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                             $9::text[], $10::bigint[], $11::uuid[])
        AS t (id, kind, conversation_id, author_id, inbox_id, author_name, client_id, body, preview, seen_seq, job_id)
    ), locked AS MATERIALIZED (
        SELECT id, greatest(changed_at, last_message_at) AS latest
        FROM conversations WHERE id = ANY ($3::uuid[]) ORDER BY id FOR NO KEY UPDATE
    ), timed AS (
        SELECT id, CASE WHEN latest > $12 AND latest <= $12 + $15::interval THEN latest ELSE $12 END AS at FROM locked
    ), changed AS (
        UPDATE conversations c SET
            seq = c.seq + (a.kind <> 'note')::int,
            rev = c.rev + 1,
            changed_at = l.at,
            preview = CASE WHEN a.kind = 'note' THEN c.preview ELSE a.preview END,
            last_message_at = CASE WHEN a.kind = 'note' THEN c.last_message_at ELSE l.at END,
            unread_count = CASE a.kind WHEN 'contact' THEN c.unread_count + 1 WHEN 'answer' THEN 0 ELSE c.unread_count END,
            waiting_since = CASE a.kind WHEN 'contact' THEN coalesce(c.waiting_since, l.at)
                                        WHEN 'note' THEN c.waiting_since END,
            first_answered_at = CASE a.kind WHEN 'answer' THEN coalesce(c.first_answered_at, l.at) ELSE c.first_answered_at END,
            contact_delivered_seq = CASE a.kind WHEN 'contact' THEN c.seq + 1 ELSE c.contact_delivered_seq END,
            contact_read_seq = CASE a.kind WHEN 'contact' THEN c.seq + 1 ELSE c.contact_read_seq END,
            agent_delivered_seq = CASE a.kind WHEN 'answer' THEN c.seq + 1 ELSE c.agent_delivered_seq END,
            agent_read_seq = CASE a.kind WHEN 'answer' THEN c.seq + 1 ELSE c.agent_read_seq END
        FROM asked a JOIN timed l ON l.id = a.conversation_id
        WHERE c.id = a.conversation_id
        AND CASE a.kind
            WHEN 'contact' THEN c.contact_id = a.author_id AND c.inbox_id = a.inbox_id AND c.category IN ('new', 'open')
                AND (c.agent_id IS NULL OR c.waiting_since IS NOT NULL OR EXISTS (
                    SELECT FROM agents g WHERE g.id = c.agent_id AND g.lease_until > $12 AND g.presence <> 'offline'))
            WHEN 'answer' THEN c.category <> 'new' AND c.offer_until IS NULL
                AND (c.agent_id IS NOT NULL OR c.category NOT IN ('open', 'waiting'))
                AND c.joined_ids ? a.author_id::text AND c.seq <= a.seen_seq
            ELSE true END
        AND (SELECT m.id FROM messages m WHERE m.client_id = a.client_id AND m.author_id = a.author_id LIMIT 1) IS NULL
        RETURNING a.*, l.at, CASE WHEN a.kind <> 'note' THEN c.seq END AS seq, c.rev, c.channel, c.contact_id, c.inbox_id AS of_inbox,
            coalesce(a.author_name, (SELECT name FROM contacts p WHERE p.id = c.contact_id), '') AS name
    ), written AS (
        INSERT INTO messages (id, conversation_id, seq, rev, author_kind, author_id, author_name, client_id, visibility,
                              channel, body, attachments, created_at)
        SELECT id, conversation_id, seq, rev, CASE kind WHEN 'contact' THEN 'contact' ELSE 'agent' END, author_id, name,
            client_id, CASE kind WHEN 'note' THEN 'internal' ELSE 'public' END,
            CASE kind WHEN 'contact' THEN 'chat' ELSE channel END, body, '[]', at
        FROM changed
    ), queued AS (
        INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempts, last_error, created_at)
        SELECT job_id, $13, jsonb_build_object('conversation_id', conversation_id), conversation_id::text, 'waiting', $14, 0,
            '', $12
        FROM changed WHERE kind = 'answer'
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT id::text, at, seq, rev, name, channel, contact_id::text, of_inbox::text, (SELECT count(*) FROM queued) FROM changed"""


async def write_on_postgres(
    connection: asyncpg.Connection, messages: Sequence[Plain], now: datetime, unread_at: datetime
) -> tuple[list[Plain], bool]:
    """Write those that are plain indeed, at most one a conversation: they, and whether a job was queued."""
    columns = list(
        zip(
            *(
                (
                    one.id,
                    one.kind,
                    one.conversation_id,
                    one.author_id,
                    one.inbox_id,
                    one.author_name,
                    one.client_id,
                    one.body,
                    one.preview,
                    one.seen_seq,
                    new_id(),
                )
                for one in messages
            ),
            strict=True,
        )
    )
    by_id = {one.id: one for one in messages}
    admitted: list[Plain] = []
    queued = 0
    for row in await connection.fetch(_ALL_ON_POSTGRES, *columns, now, UNREAD_JOB.name, unread_at, MAX_CATCH_UP):
        id, at, seq, rev, name, channel, contact_id, inbox_id, queued = row
        one = by_id[id]
        one.at = at
        one.seq, one.rev, one.author_name, one.contact_id, one.inbox_id = seq, rev, name, contact_id, inbox_id
        if one.kind != "contact":
            one.channel = channel
        admitted.append(one)
    return admitted, queued > 0
