"""Words of messages, contacts and tickets are found in an index.

On PostgreSQL it is kept by the database. On SQLite contacts and tickets are written down by triggers, and messages a
little later (`app/conversations/lists/search.py`): at once, they would cost half as much again as they do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BREAKS = "translate({}, '@._-/:+&=?#%~,;''\"()[]{{}}<>|*!\\', repeat(' ', 32))"
ON_POSTGRES = {
    "messages": ("body", " WHERE system IS NULL"),
    "contacts": ("name || ' ' || coalesce(email, '')", ""),
    "tickets": ("title", ""),
}
WORDS = "tokenize = 'unicode61 remove_diacritics 0'"
ON_SQLITE = (
    f"CREATE VIRTUAL TABLE message_words USING fts5(body, content = '', detail = none, prefix = '2 3', {WORDS})",
    f"CREATE VIRTUAL TABLE card_words USING fts5(words, contact_id UNINDEXED, conversation_id UNINDEXED, detail = none, {WORDS})",
    """CREATE TRIGGER contacts_words_new AFTER INSERT ON contacts BEGIN
        INSERT INTO card_words (words, contact_id) VALUES (NEW.name || ' ' || coalesce(NEW.email, ''), NEW.id);
    END""",
    """CREATE TRIGGER contacts_words_changed AFTER UPDATE OF name, email ON contacts
    WHEN NEW.name <> OLD.name OR NEW.email IS NOT OLD.email BEGIN
        INSERT INTO card_words (words, contact_id) VALUES (NEW.name || ' ' || coalesce(NEW.email, ''), NEW.id);
    END""",
    """CREATE TRIGGER tickets_words_new AFTER INSERT ON tickets BEGIN
        INSERT INTO card_words (words, conversation_id) VALUES (NEW.title, NEW.conversation_id);
    END""",
    """CREATE TRIGGER tickets_words_changed AFTER UPDATE OF title ON tickets WHEN NEW.title <> OLD.title BEGIN
        INSERT INTO card_words (words, conversation_id) VALUES (NEW.title, NEW.conversation_id);
    END""",
    "INSERT INTO card_words (words, contact_id) SELECT name || ' ' || coalesce(email, ''), id FROM contacts",
    "INSERT INTO card_words (words, conversation_id) SELECT title, conversation_id FROM tickets",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, (said, where) in ON_POSTGRES.items():
            words = f"to_tsvector('simple', {BREAKS.format(said)})"
            op.get_bind().exec_driver_sql(f"CREATE INDEX ix_{table}_words ON {table} USING gin ({words}){where}")
    else:
        for statement in ON_SQLITE:
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ON_POSTGRES:
            op.drop_index(f"ix_{table}_words", table_name=table)
        return
    for trigger in ("contacts_words_new", "contacts_words_changed", "tickets_words_new", "tickets_words_changed"):
        op.execute(sa.text(f"DROP TRIGGER {trigger}"))
    op.execute(sa.text("DROP TABLE message_words"))
    op.execute(sa.text("DROP TABLE card_words"))
