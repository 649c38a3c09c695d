"""A desk with ten thousand conversations: `python -m tests.browser.crowd DATA_DIR COUNT`, before the server's first start."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, insert, select, update

from app.clock import new_id
from app.database.migrate import migrate
from app.settings import read_settings
from demo.seed import seed_demo
from models import Agent, Contact, Conversation, Inbox, Message, Sequence, Team, Ticket

ROOT = Path(__file__).resolve().parents[2]
FIRST = "Ada Ben Cleo Dan Eva Finn Gia Hugo Ida Jon Kim Leo Mia Noa Ola Pia Raj Sia Tom Una".split()
LAST = "Adler Berg Costa Diaz Engel Falk Gray Hahn Ito Jones Kaya Lind Mori Novak Olsen Park Quist Roth Silva Tan".split()
PRIORITIES = ("urgent", "high", "medium", "low")
TOPICS = ("Shipping", "Payment", "Orders")
ABOUT = ("my order", "a refund", "the tent", "a late parcel", "the stove", "an invoice", "a broken zip", "my account")


def crowd(folder: Path, count: int, *more: str) -> None:
    """The same in a process of its own, for tests whose thread holds the browser's loop; with `tickets`, each has one."""
    command = [sys.executable, "-m", "tests.browser.crowd", str(folder), str(count), *more]
    subprocess.run(command, cwd=ROOT, check=True)


def name_of(number: int) -> str:
    return f"{FIRST[number % 20]} {LAST[number // 20 % 20]} {number}"


def fill(engine: Engine, count: int, *, has_tickets: bool = False) -> None:
    """Answered conversations of one agent who is away, the latest ones first, a minute apart."""
    now = datetime.now(UTC)
    with engine.begin() as connection:
        inbox_id = connection.execute(select(Inbox.id)).scalars().one()
        team_id = connection.execute(select(Team.id).where(Team.name == "Orders")).scalars().one()
        agent_id = connection.execute(select(Agent.id).where(Agent.email == "chi@example.com")).scalars().one()
        contacts: list[dict[str, Any]] = []
        conversations: list[dict[str, Any]] = []
        messages: list[dict[str, Any]] = []
        tickets: list[dict[str, Any]] = []
        for number in range(count):
            at = now - timedelta(minutes=number + 1)
            contact_id, conversation_id = new_id(), new_id()
            text = f"Question {number} about {ABOUT[number % 8]}"
            contacts.append(
                {"id": contact_id, "inbox_id": inbox_id, "name": name_of(number), "email": f"c{number}@example.com"}
                | {"is_verified": False, "locale": "en", "created_at": at}
            )
            conversations.append(
                {"id": conversation_id, "inbox_id": inbox_id, "contact_id": contact_id, "channel": "chat", "is_extra": False}
                | {"status": "open", "category": "open"}
                | {
                    "priority": PRIORITIES[number % 4] if has_tickets else "medium",
                    "priority_rank": number % 4 if has_tickets else 2,
                }
                | {"agent_id": agent_id, "team_id": team_id, "seq": 1, "rev": 1, "mailed_seq": 0, "unread_count": 0}
                | {f"{side}_{what}_seq": 1 for side in ("contact", "agent") for what in ("delivered", "read")}
                | {"preview": text, "last_message_at": at, "assigned_at": at, "escalation_level": 0}
                | {"escalation_reason": "", "reopened_count": 0, "changed_at": at, "created_at": at}
            )
            messages.append(
                {"id": new_id(), "conversation_id": conversation_id, "seq": 1, "rev": 1, "author_kind": "contact"}
                | {"author_id": contact_id, "author_name": name_of(number), "visibility": "public", "channel": "chat"}
                | {"body": text, "attachments": [], "created_at": at}
            )
            if has_tickets:
                tickets.append(
                    {"id": new_id(), "number": count - number, "conversation_id": conversation_id, "opened_at": at}
                    | {"title": f"Ticket about {ABOUT[number % 8]}, case {count - number}", "topic": TOPICS[number % 3]}
                )
        tables = ((Contact, contacts), (Conversation, conversations), (Message, messages), (Ticket, tickets))
        for table, rows in tables:
            if rows:
                connection.execute(insert(table), rows)
        if has_tickets:
            connection.execute(update(Sequence).where(Sequence.name == "ticket").values(value=count))


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    settings = read_settings({"PARLEY_DATA_DIR": str(folder)})
    migrate(settings.database_url)
    asyncio.run(seed_demo(settings))
    engine = create_engine(settings.database_url)
    fill(engine, count, has_tickets="tickets" in sys.argv[3:])
    engine.dispose()


if __name__ == "__main__":
    main()
