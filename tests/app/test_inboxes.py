"""Inboxes as admins keep them: made of a name, replaced whole, archived, and known to colleagues at once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from app.attachments import FileStore, upload_file
from app.clock import new_id
from app.contract.audiences import ToAllAgents
from app.contract.hours import OpenPeriod, SaveHours
from app.contract.inboxes import FormField, InboxForm, InboxText, SaveInbox, SetInbox
from app.contract.workspace import ConfigChanged
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.people.actors import SignedInAgent
from app.people.inbox_keys import slug_of
from app.people.inbox_texts import DEFAULT_GREETINGS, texts_for
from app.people.inboxes import (
    archive_inbox,
    change_inbox,
    create_inbox,
    list_inboxes,
    rotate_secret,
    set_inbox,
    shows_suggestions,
)
from app.sla.hours_store import opening_of, save_hours, set_inbox_hours
from app.visiting.proactive import is_staffed
from models import Activity, Inbox
from tests.factories import House

FULL = SaveInbox(
    name="  Shop  ",
    locale="en",
    languages=["de", "en", "de"],
    greeting="Hello!",
    away="Back tomorrow.",
    texts=[InboxText(locale="de", greeting="Moin!", away="Bis morgen.")],
    color="#AABBCC",
    position="left",
    launcher="question",
    site_url="https://shop.example",
    allowed_origins=["https://Shop.example", "https://shop.example", "http://localhost:8000"],
    shows_history=False,
    shows_suggestions=False,
    shows_visitors=True,
    previews_typing=True,
    allows_files=False,
    tells_escalations=False,
    has_web_form=False,
    email_prompt="require",
    form=InboxForm(
        when="after",
        fields=[
            FormField(key="email", kind="email", is_required=True),
            FormField(key="topic", kind="choice", label="Topic", options=["Order", "Return"]),
        ],
    ),
)


@pytest.fixture
async def ada(house: House) -> SignedInAgent:
    return await house.agent("Ada", role="admin", teams=[], presence=None)


async def row(house: House, id: str) -> Inbox:
    (found,) = await house.all(select(Inbox).where(Inbox.id == id))
    return found


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Juniper & Pine", "juniper-pine"),
        ("Café Ünal", "cafe-unal"),
        ("متجر", "inbox"),
        ("  ---  ", "inbox"),
        ("x" * 200, "x" * 40),
        ("<script>", "script"),
    ],
)
def test_a_key_is_made_of_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


async def test_a_name_is_enough_for_an_inbox(house: House, ada: SignedInAgent) -> None:
    made = await house.run(create_inbox, ada, SaveInbox(name="Shop"))
    assert (made.key, made.color, made.email_prompt, made.form, made.open_count) == ("shop-2", "#3b4cca", "ask", None, 0)
    assert (made.shows_history, made.shows_suggestions, made.allows_files) == (True, True, True)
    assert (made.changed_by, made.changed_at) == ("Ada", house.clock())
    again = await house.run(create_inbox, ada, SaveInbox(name="Shop"))
    assert again.key == "shop-3"
    async with house.works.read() as rows:
        assert [one.key for one in await list_inboxes(rows)] == ["shop", "shop-2", "shop-3"]


async def test_everything_an_admin_decides_is_kept_and_cleaned(house: House, ada: SignedInAgent) -> None:
    made = await house.run(create_inbox, ada, FULL)
    assert (made.name, made.languages, made.greeting, made.away) == ("Shop", ["de"], "Hello!", "Back tomorrow.")
    assert [(text.locale, text.greeting, text.away) for text in made.texts] == [("de", "Moin!", "Bis morgen.")]
    assert (made.color, made.position, made.launcher) == ("#aabbcc", "left", "question")
    assert made.allowed_origins == ["https://shop.example", "http://localhost:8000"]
    assert made.form is not None
    assert [(field.key, field.kind, field.options, field.is_required) for field in made.form.fields] == [
        ("email", "email", [], True),
        ("topic", "choice", ["Order", "Return"], False),
    ]
    plain = await house.run(change_inbox, ada, made.id, SaveInbox(name="Plain"))
    assert (plain.key, plain.form, plain.email_prompt, plain.allowed_origins, plain.texts) == (made.key, None, "ask", [], [])
    assert (await row(house, made.id)).asks_email is True


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " \t "},
        {"form": InboxForm(fields=[FormField(key="a", kind="text")])},
        {"form": InboxForm(fields=[FormField(key="a", kind="choice", label="A", options=["one"])])},
        {"form": InboxForm(fields=[FormField(key="a", kind="choice", label="A", options=["one", " one "])])},
        {"form": InboxForm(fields=[FormField(key="a", kind="name"), FormField(key="a", kind="email")])},
    ],
)
async def test_what_makes_no_sense_is_refused(house: House, ada: SignedInAgent, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        await house.run(create_inbox, ada, msgspec.structs.replace(FULL, **wrong))


async def test_a_key_is_unique_and_never_changes(house: House, ada: SignedInAgent) -> None:
    with pytest.raises(Conflict):
        await house.run(create_inbox, ada, SaveInbox(name="Other", key="shop"))
    with pytest.raises(Invalid):
        await house.run(change_inbox, ada, house.inbox_id, SaveInbox(name="Shop", key="other"))
    kept = await house.run(change_inbox, ada, house.inbox_id, SaveInbox(name="Renamed", key="shop"))
    assert (kept.name, kept.key) == ("Renamed", "shop")


async def test_strangers_and_agents_are_refused(house: House, ada: SignedInAgent) -> None:
    for id in ("team_id", "hours_id"):
        with pytest.raises(NotFound):
            await house.run(create_inbox, ada, msgspec.structs.replace(FULL, **{id: new_id()}))
    with pytest.raises(NotFound):
        await house.run(change_inbox, ada, new_id(), FULL)
    sam = await house.agent("Sam", role="supervisor")
    for verb, given in (
        (create_inbox, (FULL,)),
        (change_inbox, (house.inbox_id, FULL)),
        (set_inbox, (house.inbox_id, SetInbox(shows_visitors=True))),
        (rotate_secret, (house.inbox_id,)),
    ):
        with pytest.raises(Forbidden):
            await house.run(verb, sam, *given)  # pyright: ignore[reportArgumentType, reportCallIssue]
    with pytest.raises(Forbidden):
        await house.run(archive_inbox, sam, house.inbox_id, is_archived=True)


async def test_a_change_is_announced_and_leaves_an_audit_line(house: House, ada: SignedInAgent) -> None:
    await house.run(change_inbox, ada, house.inbox_id, SaveInbox(name="Shop", color="#111111", team_id=house.team_id))
    assert house.told.one(ConfigChanged, ToAllAgents()).area == "inboxes"
    (line,) = await house.all(select(Activity).where(Activity.action == "inbox.change"))
    assert (line.by_id, line.detail["inbox"]) == (ada.id, "Shop")
    assert (line.before or {})["color"] == "#0f766e"
    assert (line.after or {})["color"] == "#111111"
    assert "team_id" not in (line.after or {})


async def test_a_rotated_secret_is_shown_once_and_replaces_the_one_before(house: House, ada: SignedInAgent) -> None:
    before = (await row(house, house.inbox_id)).identity_secret
    shown = await house.run(rotate_secret, ada, house.inbox_id)
    kept = await row(house, house.inbox_id)
    assert kept.identity_secret == shown.identity_secret != before
    assert shown.inbox.secret_changed_at == house.clock()
    (line,) = await house.all(select(Activity).where(Activity.action == "inbox.rotate_secret"))
    assert shown.identity_secret not in str(line.detail)


async def test_an_archived_inbox_takes_no_new_conversations_and_keeps_its_open_ones(house: House, ada: SignedInAgent) -> None:
    ana = await house.agent("Ana")
    id, visitor = await house.chat(ana)
    archived = await house.run(archive_inbox, ada, house.inbox_id, is_archived=True)
    assert (archived.archived_at, archived.open_count) == (house.clock(), 1)
    with pytest.raises(Forbidden, match="takes no new conversations"):
        await house.start()
    assert (await house.write(visitor, id, "Still me")).body == "Still me"
    assert (await house.answer(ana, id)).body == "Certainly."
    restored = await house.run(archive_inbox, ada, house.inbox_id, is_archived=False)
    assert restored.archived_at is None
    assert (await house.start()).conversation.id != id
    actions = await house.all(select(Activity.action).order_by(Activity.id))
    assert [one for one in actions if one.startswith("inbox.")] == ["inbox.archive", "inbox.restore"]


@pytest.mark.parametrize(
    ("locale", "greeting", "away"),
    [
        ("en", "Hello!", "Back tomorrow."),
        ("en-GB", "Hello!", "Back tomorrow."),
        ("de", "Moin!", "Bis morgen."),
        ("de-AT", "Moin!", "Bis morgen."),
        ("ar", "Hello!", "Back tomorrow."),
        ("", "Hello!", "Back tomorrow."),
        (None, "Hello!", "Back tomorrow."),
    ],
)
async def test_texts_are_chosen_for_the_visitors_language(
    house: House, ada: SignedInAgent, locale: str | None, greeting: str, away: str
) -> None:
    made = await house.run(create_inbox, ada, FULL)
    assert texts_for(await row(house, made.id), locale) == (greeting, away)


async def test_an_inbox_without_words_greets_in_a_language_it_offers(house: House, ada: SignedInAgent) -> None:
    made = await house.run(create_inbox, ada, SaveInbox(name="Bare", languages=["de"]))
    inbox = await row(house, made.id)
    assert texts_for(inbox, "de-DE") == (DEFAULT_GREETINGS["de"], "")
    assert texts_for(inbox, "ar") == (DEFAULT_GREETINGS["en"], "")


async def test_an_inbox_closed_by_its_hours_is_not_staffed_though_agents_are_online(house: House, ada: SignedInAgent) -> None:
    """N4: an inbox closed all week said that it is online."""
    await house.agent("Ana")
    inbox = await row(house, house.inbox_id)
    async with house.works.read() as rows:
        assert await is_staffed(rows, inbox, house.clock())
    tuesdays = SaveHours(name="Tuesdays", time_zone="Europe/Berlin", periods=[OpenPeriod(day=1, opens="09:00", closes="17:00")])
    hours = await house.run(save_hours, ada, tuesdays)
    await house.run(set_inbox_hours, ada, house.inbox_id, hours.id)
    inbox = await row(house, house.inbox_id)
    async with house.works.read() as rows:
        assert not await is_staffed(rows, inbox, house.clock())
        opening = await opening_of(rows, inbox.hours_id, house.clock())
    assert opening.opens_at is not None
    assert (opening.is_open, opening.opens_at.isoformat()) == (False, "2026-03-03T08:00:00+00:00")
    assert (hours.is_open, hours.opens_at, hours.closes_at) == (False, opening.opens_at, None)


async def test_a_visitor_of_an_inbox_without_files_is_refused_one(house: House, ada: SignedInAgent, tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    visitor = house.visitor()
    kept = await upload_file(house.works, store, visitor, "a.txt", b"hello", 1000)
    assert kept.name == "a.txt"
    await house.run(change_inbox, ada, house.inbox_id, SaveInbox(name="Shop", allows_files=False))
    with pytest.raises(Forbidden, match="takes no files"):
        await upload_file(house.works, store, visitor, "a.txt", b"hello", 1000)
    ana = await house.agent("Ana")
    assert (await upload_file(house.works, store, ana, "b.txt", b"hello", 1000)).name == "b.txt"


async def test_an_inbox_shows_articles_unless_an_admin_says_otherwise(house: House, ada: SignedInAgent) -> None:
    async with house.works.read() as rows:
        assert await shows_suggestions(rows, house.inbox_id)
    await house.run(change_inbox, ada, house.inbox_id, SaveInbox(name="Shop", shows_suggestions=False))
    async with house.works.read() as rows:
        assert not await shows_suggestions(rows, house.inbox_id)
