"""The first run: a checklist that ticks itself from facts, and notices that say what was never set up."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from app.clock import new_id
from app.contract.hours import SaveHours
from app.contract.people import InviteAgent
from app.contract.workspace import ConfigChanged, HideChecklist, SetWorkspace
from app.doctor import examine
from app.errors import Forbidden, Invalid
from app.knowledge.articles import publish_article
from app.knowledge.front_matter import read_article
from app.mail.outbox import queue_mail
from app.people.actors import SignedInAgent
from app.people.invitations import invite_agent
from app.people.workspace import get_workspace, set_workspace, workspace_name
from app.reports.setup_checklist import get_checklist, hide_checklist
from app.routing.warnings import SNIPPET_DUE_AFTER, find_notices
from app.settings import Settings
from app.sla.hours_store import save_hours
from app.work import Work
from models import Conversation, Inbox, InboxSighting, OutgoingMail
from tests.factories import House

ARTICLE = "---\ntitle: Returns\nslug: returns\ncategory: Orders\nlocale: en\n---\nSend it back within 30 days."


async def ticked(house: House, agent: SignedInAgent, *, has_mail_host: bool = True) -> dict[str, str]:
    async with house.works.read() as rows:
        checklist = await get_checklist(rows, agent, has_mail_host=has_mail_host)
    assert [item.key for item in checklist.items] == "workspace inbox snippet hours people article mail chat".split()
    return {item.key: item.detail for item in checklist.items if item.is_done}


async def no_inbox(house: House) -> None:
    async def remove(work: Work) -> None:
        await work.change(delete(Inbox))

    await house.run(remove)


async def see(house: House, outcome: str = "ok") -> None:
    await house.add(
        InboxSighting(
            id=new_id(),
            inbox_id=house.inbox_id,
            key="shop",
            origin=f"https://{outcome}.example.com",
            page="/",
            outcome=outcome,
            seen_at=house.clock(),
        )
    )


async def test_each_step_ticks_itself_from_a_fact(house: House) -> None:
    ada = await house.agent("Ada", role="admin", presence=None)
    await no_inbox(house)
    assert await ticked(house, ada) == {}
    await house.run(set_workspace, ada, SetWorkspace(name=" Juniper  & Pine "))
    assert await ticked(house, ada) == {"workspace": "Juniper & Pine"}
    house.inbox_id = await house.inbox("shop", house.team_id)
    await see(house, "blocked")
    assert await ticked(house, ada) == {"workspace": "Juniper & Pine", "inbox": "Shop"}
    await see(house)
    assert (await ticked(house, ada))["snippet"] == "https://ok.example.com"
    await house.run(save_hours, ada, SaveHours(name="Days", time_zone="Europe/Berlin"))
    assert (await ticked(house, ada))["hours"] == "Days"
    await house.run(invite_agent, ada, InviteAgent(email="ben@example.com"))
    assert (await ticked(house, ada))["people"] == "ben@example.com"
    ben = await house.agent("Ben")
    assert (await ticked(house, ada))["people"] == "Ben"
    await house.run(publish_article, read_article(ARTICLE))
    assert (await ticked(house, ada))["article"] == "Returns"
    id, _ = await house.chat(ben)
    assert "chat" not in await ticked(house, ada)
    await house.answer(ben, id)
    assert "chat" in await ticked(house, ada)
    mail = await house.run(write_mail)
    assert "mail" not in await ticked(house, ada)
    await house.run(set_state, mail.id, "sent")
    assert len(await ticked(house, ada)) == 8
    assert "mail" not in await ticked(house, ada, has_mail_host=False)


async def write_mail(work: Work) -> OutgoingMail:
    return await queue_mail(
        work, kind="test", sender="a@example.com", recipient="b@example.com", subject="x", body_text="x", body_html="x"
    )


async def set_state(work: Work, mail_id: str, state: str) -> None:
    await work.change(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(state=state, sent_at=work.now))


async def test_the_checklist_is_hidden_and_shown_again_for_every_admin(house: House) -> None:
    ada, ben = await house.agent("Ada", role="admin"), await house.agent("Ben", role="supervisor")
    house.told.forget()
    await house.run(hide_checklist, ada, HideChecklist(is_hidden=True))
    assert house.told.one(ConfigChanged).area == "workspace"
    async with house.works.read() as rows:
        assert (await get_checklist(rows, ada, has_mail_host=False)).is_hidden
        with pytest.raises(Forbidden):
            await get_checklist(rows, ben, has_mail_host=False)
    await house.run(hide_checklist, ada, HideChecklist(is_hidden=False))
    async with house.works.read() as rows:
        assert not (await get_checklist(rows, ada, has_mail_host=False)).is_hidden
    with pytest.raises(Forbidden):
        await house.run(hide_checklist, ben, HideChecklist(is_hidden=True))


async def test_the_workspace_is_named_by_an_admin(house: House) -> None:
    ada, ben = await house.agent("Ada", role="admin"), await house.agent("Ben")
    with pytest.raises(Forbidden):
        await house.run(set_workspace, ben, SetWorkspace(name="x"))
    with pytest.raises(Invalid):
        await house.run(set_workspace, ada, SetWorkspace(name=" "))
    async with house.works.read() as rows:
        assert (await workspace_name(rows), (await get_workspace(rows)).changed_at) == ("", None)
    for name in ("First", "Second"):
        await house.run(set_workspace, ada, SetWorkspace(name=name))
    async with house.works.read() as rows:
        held = await get_workspace(rows)
        assert (held.name, held.changed_by_name, held.changed_at) == ("Second", "Ada", house.clock())


async def test_a_notice_says_what_was_never_set_up(house: House) -> None:
    await house.agent("Ada", role="admin")

    async def noticed() -> list[tuple[str, str, int]]:
        async with house.works.read() as rows:
            found = await find_notices(rows, house.clock())
        setup = ("no_inbox", "no_mail_host", "snippet_not_seen")
        return [(one.kind, one.subject, one.count) for one in found if one.kind in setup]

    assert await noticed() == [], "an inbox that was made just now is given time"
    house.clock.on(seconds=SNIPPET_DUE_AFTER.total_seconds())
    assert await noticed() == [("snippet_not_seen", "Shop", 0)]
    await see(house, "blocked")
    assert await noticed() == [("snippet_not_seen", "Shop", 0)]
    await see(house)
    assert await noticed() == []
    for _ in range(3):
        await house.run(set_state, (await house.run(write_mail)).id, "waiting")
    assert await noticed() == [("no_mail_host", "", 3)]

    async def archive(work: Work) -> None:
        await work.change(update(Inbox).values(archived_at=work.now))

    await house.run(archive)
    assert await noticed() == [("no_inbox", "", 0), ("no_mail_host", "", 3)]


async def test_who_writes_without_a_sighting_is_proof_enough(house: House) -> None:
    await house.agent("Ada", role="admin")
    await house.chat()
    house.clock.on(seconds=2 * SNIPPET_DUE_AFTER.total_seconds())
    async with house.works.read() as rows:
        assert "snippet_not_seen" not in [one.kind for one in await find_notices(rows, house.clock())]
        assert await rows.one(Conversation.__table__.select().limit(1)) is not None


def test_doctor_says_that_there_is_no_inbox_and_no_admin(
    sqlite_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("empty")
    found = {
        finding.what: finding
        for finding in examine(Settings(database_url=sqlite_database_url, data_dir=str(folder), secret_key="x" * 40))
    }
    assert not found["inbox"].is_fine
    assert found["inbox"].says.startswith("no inbox yet: create one in http://localhost:8000/inbox/settings/inboxes")
    assert not found["people"].is_fine
    assert found["people"].says.startswith("no admin yet")
