"""The first tables."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from models.base import IdColumn, JsonColumn, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATUSES = [
    ("new", "New", "new"),
    ("open", "Open", "open"),
    ("in_progress", "In Progress", "open"),
    ("reopened", "Reopened", "open"),
    ("responded", "Responded", "waiting"),
    ("snoozed", "Snoozed", "waiting"),
    ("resolved", "Resolved", "resolved"),
    ("closed", "Closed", "closed"),
    ("duplicate", "Duplicate", "closed"),
]


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("presence", sa.String(length=20), nullable=False),
        sa.Column("presence_since", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("last_assigned_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("email", name=op.f("uq_agents_email")),
    )
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.create_index("ix_agents_lease", ["lease_until"], unique=False)

    op.create_table(
        "articles",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("slug", "locale", name=op.f("uq_articles_slug_locale")),
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index("ix_articles_category", ["state", "category"], unique=False)
        batch_op.create_index(batch_op.f("ix_articles_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", JsonColumn, nullable=False),
        sa.Column("unique_key", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("run_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("kind", "unique_key", name=op.f("uq_jobs_kind_unique_key")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_jobs_due",
            ["run_at"],
            unique=False,
            sqlite_where=sa.text("state != 'dead'"),
            postgresql_where=sa.text("state != 'dead'"),
        )

    op.create_table(
        "sequences",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequences")),
    )
    op.create_table(
        "statuses",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statuses")),
    )
    op.create_table(
        "teams",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "agent_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_sessions_agent_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_agent_sessions")),
    )
    with op.batch_alter_table("agent_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_sessions_agent_id"), ["agent_id"], unique=False)

    op.create_table(
        "api_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_api_tokens_agent_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_api_tokens")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_agent_id"), ["agent_id"], unique=False)

    op.create_table(
        "inboxes",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("team_id", IdColumn, nullable=True),
        sa.Column("greeting", sa.Text(), nullable=False),
        sa.Column("color", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("allowed_origins", JsonColumn, nullable=False),
        sa.Column("identity_secret", sa.String(length=200), nullable=False),
        sa.Column("asks_email", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_inboxes_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inboxes")),
        sa.UniqueConstraint("key", name=op.f("uq_inboxes_key")),
    )
    op.create_table(
        "passages",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("article_id", IdColumn, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_passages_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sa.UniqueConstraint("article_id", "position", name=op.f("uq_passages_article_id_position")),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", IdColumn, nullable=False),
        sa.Column("agent_id", IdColumn, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_team_members_agent_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id")),
        sa.PrimaryKeyConstraint("team_id", "agent_id", name=op.f("pk_team_members")),
    )
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_members_agent_id"), ["agent_id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("inbox_id", IdColumn, nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["inbox_id"], ["inboxes.id"], name=op.f("fk_contacts_inbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("inbox_id", "external_id", name=op.f("uq_contacts_inbox_id_external_id")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_email"), ["email"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("inbox_id", IdColumn, nullable=False),
        sa.Column("contact_id", IdColumn, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("is_extra", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("priority_rank", sa.Integer(), nullable=False),
        sa.Column("agent_id", IdColumn, nullable=True),
        sa.Column("team_id", IdColumn, nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("contact_delivered_seq", sa.BigInteger(), nullable=False),
        sa.Column("contact_read_seq", sa.BigInteger(), nullable=False),
        sa.Column("agent_delivered_seq", sa.BigInteger(), nullable=False),
        sa.Column("agent_read_seq", sa.BigInteger(), nullable=False),
        sa.Column("mailed_seq", sa.BigInteger(), nullable=False),
        sa.Column("unread_count", sa.Integer(), nullable=False),
        sa.Column("preview", sa.String(length=200), nullable=False),
        sa.Column("last_message_at", UtcDateTime(), nullable=False),
        sa.Column("waiting_since", UtcDateTime(), nullable=True),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("assigned_at", UtcDateTime(), nullable=True),
        sa.Column("first_answered_at", UtcDateTime(), nullable=True),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("escalation_reason", sa.Text(), nullable=False),
        sa.Column("reopened_count", sa.Integer(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_conversations_agent_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_conversations_contact_id")),
        sa.ForeignKeyConstraint(["inbox_id"], ["inboxes.id"], name=op.f("fk_conversations_inbox_id")),
        sa.ForeignKeyConstraint(["status"], ["statuses.key"], name=op.f("fk_conversations_status")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_conversations_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index("ix_conversations_agent_recent", ["agent_id", "category", "last_message_at", "id"], unique=False)
        batch_op.create_index("ix_conversations_contact", ["contact_id", "created_at"], unique=False)
        batch_op.create_index("ix_conversations_created", ["created_at"], unique=False)
        batch_op.create_index("ix_conversations_changed", ["changed_at"], unique=False)
        batch_op.create_index(
            "ix_conversations_held",
            ["agent_id", "last_message_at"],
            unique=False,
            sqlite_where=sa.text("agent_id IS NOT NULL AND category IN ('new', 'open')"),
            postgresql_where=sa.text("agent_id IS NOT NULL AND category IN ('new', 'open')"),
        )
        batch_op.create_index("ix_conversations_recent", ["category", "last_message_at", "id"], unique=False)
        batch_op.create_index("ix_conversations_resolved", ["resolved_at"], unique=False)
        batch_op.create_index(
            "ix_conversations_team_queue",
            ["team_id", "priority_rank", "queued_at"],
            unique=False,
            sqlite_where=sa.text("agent_id IS NULL AND category IN ('new', 'open')"),
            postgresql_where=sa.text("agent_id IS NULL AND category IN ('new', 'open')"),
        )
        batch_op.create_index(
            "uq_conversations_one_open",
            ["contact_id", "inbox_id"],
            unique=True,
            sqlite_where=sa.text("NOT is_extra AND category IN ('new', 'open', 'waiting')"),
            postgresql_where=sa.text("NOT is_extra AND category IN ('new', 'open', 'waiting')"),
        )

    op.create_table(
        "assignments",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("agent_id", IdColumn, nullable=True),
        sa.Column("team_id", IdColumn, nullable=True),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("decision", JsonColumn, nullable=False),
        sa.Column("waited_seconds", sa.Double(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_assignments_agent_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_assignments_conversation_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_assignments_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index("ix_assignments_conversation", ["conversation_id", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_started_at"), ["started_at"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("uploader_kind", sa.String(length=20), nullable=False),
        sa.Column("uploader_id", IdColumn, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=True),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_attachments_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "csat_scores",
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_csat_scores_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_csat_scores")),
    )
    with op.batch_alter_table("csat_scores", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_csat_scores_answered_at"), ["answered_at"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("author_kind", sa.String(length=20), nullable=False),
        sa.Column("author_id", IdColumn, nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attachments", JsonColumn, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("author_id", "client_id", name=op.f("uq_messages_author_id_client_id")),
        sa.UniqueConstraint("conversation_id", "rev", name=op.f("uq_messages_conversation_id_rev")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_messages_conversation_id_seq")),
    )
    op.create_table(
        "outgoing_mails",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=250), nullable=False),
        sa.Column("sender", sa.String(length=300), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_outgoing_mails_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mails_message_id")),
    )
    with op.batch_alter_table("outgoing_mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mails_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_mails_created_at"), ["created_at"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", IdColumn, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", IdColumn, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("opened_by_id", IdColumn, nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_tickets_conversation_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["agents.id"], name=op.f("fk_tickets_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_tickets_conversation_id")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )

    statuses = sa.table("statuses", sa.column("key"), sa.column("name"), sa.column("category"), sa.column("position"))
    op.bulk_insert(
        statuses,
        [
            {"key": key, "name": name, "category": category, "position": place}
            for place, (key, name, category) in enumerate(STATUSES)
        ],
    )
    sequences = sa.table("sequences", sa.column("name"), sa.column("value"))
    op.bulk_insert(sequences, [{"name": "epoch", "value": secrets.randbits(52)}, {"name": "ticket", "value": 0}])


def downgrade() -> None:
    op.drop_table("tickets")
    with op.batch_alter_table("outgoing_mails", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_mails_created_at"))
        batch_op.drop_index(batch_op.f("ix_outgoing_mails_conversation_id"))

    op.drop_table("outgoing_mails")
    op.drop_table("messages")
    with op.batch_alter_table("csat_scores", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_csat_scores_answered_at"))

    op.drop_table("csat_scores")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_conversation_id"))

    op.drop_table("attachments")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_started_at"))
        batch_op.drop_index("ix_assignments_conversation")

    op.drop_table("assignments")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_conversations_one_open",
            sqlite_where=sa.text("NOT is_extra AND category IN ('new', 'open', 'waiting')"),
            postgresql_where=sa.text("NOT is_extra AND category IN ('new', 'open', 'waiting')"),
        )
        batch_op.drop_index(
            "ix_conversations_team_queue",
            sqlite_where=sa.text("agent_id IS NULL AND category IN ('new', 'open')"),
            postgresql_where=sa.text("agent_id IS NULL AND category IN ('new', 'open')"),
        )
        batch_op.drop_index("ix_conversations_resolved")
        batch_op.drop_index("ix_conversations_recent")
        batch_op.drop_index(
            "ix_conversations_held",
            sqlite_where=sa.text("agent_id IS NOT NULL AND category IN ('new', 'open')"),
            postgresql_where=sa.text("agent_id IS NOT NULL AND category IN ('new', 'open')"),
        )
        batch_op.drop_index("ix_conversations_created")
        batch_op.drop_index("ix_conversations_changed")
        batch_op.drop_index("ix_conversations_contact")
        batch_op.drop_index("ix_conversations_agent_recent")

    op.drop_table("conversations")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_email"))

    op.drop_table("contacts")
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_members_agent_id"))

    op.drop_table("team_members")
    op.drop_table("passages")
    op.drop_table("inboxes")
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_tokens_agent_id"))

    op.drop_table("api_tokens")
    with op.batch_alter_table("agent_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agent_sessions_agent_id"))

    op.drop_table("agent_sessions")
    op.drop_table("teams")
    op.drop_table("statuses")
    op.drop_table("sequences")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_due", sqlite_where=sa.text("state != 'dead'"), postgresql_where=sa.text("state != 'dead'"))

    op.drop_table("jobs")
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_articles_updated_at"))
        batch_op.drop_index("ix_articles_category")

    op.drop_table("articles")
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_index("ix_agents_lease")

    op.drop_table("agents")
