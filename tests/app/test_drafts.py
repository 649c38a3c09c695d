"""Drafts: on every device of the agent who wrote them, on nobody else's, and gone once sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.attachments import FileStore, upload_file
from app.contract.audiences import ToAgent
from app.contract.drafts import DraftChanged, DraftView, SaveDraft
from app.conversations.reading.drafts import list_drafts, save_draft
from app.errors import NotFound
from app.people.actors import SignedInAgent
from tests.factories import House


async def drafts_of(house: House, agent: SignedInAgent) -> list[DraftView]:
    async with house.works.read() as rows:
        return await list_drafts(rows, agent)


async def save(house: House, agent: SignedInAgent, id: str, body: str, **more: object) -> DraftView:
    return await house.run(save_draft, agent, SaveDraft(conversation_id=id, body=body, **more))  # pyright: ignore[reportArgumentType]


async def test_a_draft_is_kept_as_written_for_its_agent_alone(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    house.told.forget()
    await save(house, ana, id, "Dear Mia,\r\n  I ")
    await save(house, ana, id, "Dear Mia,\n  I think \x00", visibility="internal")
    (draft,) = await drafts_of(house, ana)
    assert (draft.conversation_id, draft.body, draft.visibility) == (id, "Dear Mia,\n  I think ", "internal")
    assert await drafts_of(house, ben) == []
    told = house.told.all(DraftChanged)
    assert [event.draft.body for event in told] == ["Dear Mia,\n  I ", "Dear Mia,\n  I think "]
    assert house.told.all(DraftChanged, ToAgent(agent_id=ana.id)) == told, "nobody else hears of it"


async def test_a_sent_draft_is_gone_and_the_agents_other_screens_hear_so(house: House) -> None:
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    other, _ = await house.chat(ana)
    for agent, about in ((ana, id), (ana, other), (ben, id)):
        await save(house, agent, about, "Half a")
    house.told.forget()
    await house.answer(ana, id, "Half a sentence.")
    assert [draft.conversation_id for draft in await drafts_of(house, ana)] == [other]
    assert [draft.conversation_id for draft in await drafts_of(house, ben)] == [id]
    assert house.told.one(DraftChanged, ToAgent(agent_id=ana.id)).draft.body == ""


async def test_a_draft_without_anything_in_it_is_forgotten(house: House) -> None:
    ana = await house.agent()
    id, _ = await house.chat(ana)
    await save(house, ana, id, "x")
    await save(house, ana, id, "", visibility="internal")
    assert [(draft.body, draft.visibility) for draft in await drafts_of(house, ana)] == [("", "internal")]
    assert (await save(house, ana, id, "")).body == ""
    assert await drafts_of(house, ana) == []
    house.told.forget()
    await save(house, ana, id, "")
    assert house.told.all(DraftChanged) == [], "there was none"


async def test_files_of_a_draft_are_the_agents_own(house: House, tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    ana, ben = await house.agent("Ana"), await house.agent("Ben")
    id, _ = await house.chat(ana)
    mine = await upload_file(house.works, files, ana, "a.txt", b"mine", 1000)
    bens = await upload_file(house.works, files, ben, "b.txt", b"his", 1000)
    await save(house, ana, id, "", attachment_ids=[mine.id])
    assert [file.name for file in (await drafts_of(house, ana))[0].attachments] == ["a.txt"]
    with pytest.raises(NotFound):
        await save(house, ana, id, "", attachment_ids=[bens.id])


async def test_a_conversation_that_is_not_there_keeps_no_draft(house: House) -> None:
    ana = await house.agent()
    with pytest.raises(NotFound):
        await save(house, ana, house.inbox_id, "x")
