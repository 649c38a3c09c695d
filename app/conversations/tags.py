"""Words agents put on conversations, to find them again."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from app.activity.actor import Recorded
from app.conversations.recorded_facts import facts_of, record_change
from app.conversations.row_changes import change_conversation
from app.errors import Invalid
from app.text import clean_line
from app.work import Rows, Work
from models import Conversation, ConversationTag

MAX_TAGS = 20
LONGEST_TAG = 40
MAX_LISTED = 500


def clean_tag(text: str) -> str:
    """A tag as it is kept: one line in small letters, so that `VIP ` and `vip` are one. Raises Invalid for none."""
    tag = clean_line(text.lstrip("#")).lower()[:LONGEST_TAG].strip()
    if not tag:
        raise Invalid("A tag needs a letter.")
    return tag


async def change_tags(
    work: Work, conversation: Conversation, add: Iterable[str], remove: Iterable[str], by: Recorded | None
) -> Conversation:
    """Put tags on and take tags off a conversation whose row is locked. What is so already changes nothing. Without `by` the
    caller records it, with other changes."""
    before = list(conversation.tags or [])
    gone = {clean_tag(tag) for tag in remove}
    after = [tag for tag in dict.fromkeys([*before, *(clean_tag(tag) for tag in add)]) if tag not in gone]
    if len(after) > MAX_TAGS:
        raise Invalid(f"A conversation may have up to {MAX_TAGS} tags.")
    if after == before:
        return conversation
    for tag in after:
        await work.add_unless_there(ConversationTag(tag=tag, conversation_id=conversation.id))
    if gone:
        of_these = ConversationTag.conversation_id == conversation.id, ConversationTag.tag.in_(gone)
        await work.change(delete(ConversationTag).where(*of_these))
    facts = facts_of(conversation)
    conversation = await change_conversation(work, conversation, tags=after)
    if by is not None:
        record_change(work, by, "conversation.tag", facts, conversation)
    return conversation


async def list_tags(rows: Rows) -> list[str]:
    """Every tag in use, in order: the next one is looked up behind the last, or each tag would be read as often as it is used."""
    tag = ConversationTag.tag
    found = select(func.min(tag).label("tag")).cte("found", recursive=True)
    behind = select(func.min(tag)).where(tag > found.c.tag).scalar_subquery()
    found = found.union_all(select(behind).where(found.c.tag.is_not(None)))
    return list(await rows.all(select(found.c.tag).where(found.c.tag.is_not(None)).limit(MAX_LISTED)))
