"""The contract: written once, said whole, generated fresh."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import fields

from app.contract import audiences, bases, replies
from app.contract.bases import Body, Command, Event, Reply, View
from app.contract.commands import AgentCommand, VisitorCommand
from app.contract.contacts import ContactView
from app.contract.conversations import ConversationView
from app.contract.events import AgentEvent, VisitorEvent
from app.contract.features import answers_to, features, replies_to
from app.contract.people import AgentView
from app.contract.tickets import TicketView
from app.contract.wall import QueueWallView, WallView

ROOT = Path(__file__).resolve().parents[2]
ROOMS: list[ModuleType] = [audiences, bases, replies, *features().values()]
TAG = re.compile(r"[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?")


def structs(room: ModuleType) -> list[type[Struct]]:
    return [
        it for it in vars(room).values() if isinstance(it, type) and issubclass(it, Struct) and it.__module__ == room.__name__
    ]


EVERY = [struct for room in ROOMS for struct in structs(room)]
BASES = {Command, Event, Body, View, Reply}


def those(base: type[Struct]) -> list[type[Struct]]:
    """The Structs of one kind, the base left out."""
    return [it for it in EVERY if issubclass(it, base) and it not in BASES]


def parts_of(them: list[type[Struct]]) -> set[type[Struct]]:
    """Every Struct that can stand anywhere within these."""
    found: set[type[Struct]] = set()

    def look(info: Any) -> None:
        if isinstance(info, msgspec.inspect.StructType) and info.cls not in found:
            found.add(info.cls)
            for field in info.fields:
                look(field.type)
        for inner in (*getattr(info, "types", ()), *([info.item_type] if hasattr(info, "item_type") else [])):
            look(inner)

    for it in them:
        for field in msgspec.inspect.type_info(it).fields:  # pyright: ignore[reportAttributeAccessIssue]
            look(field.type)
    return found


def test_each_name_is_imported_from_the_file_of_its_feature() -> None:
    """The unions in commands.py and events.py import every name; a second way to each would only be a question."""
    homes = {struct.__name__: struct.__module__ for struct in EVERY}
    places = (path for room in ("app", "realtime", "tests", "bench", "demo", "models") for path in (ROOT / room).rglob("*.py"))
    astray = [
        f"{path.relative_to(ROOT)}: {name} stands in {homes[name]}"
        for path in places
        for module, names in re.findall(r"^from (app\.contract\.\w+) import ([\w, ]+)$", path.read_text("utf-8"), re.MULTILINE)
        for name in names.split(", ")
        if homes.get(name, module) != module
    ]
    assert astray == []


@pytest.mark.parametrize("struct", EVERY, ids=lambda struct: struct.__name__)
def test_every_struct_says_what_it_is_in_a_sentence(struct: type[Struct]) -> None:
    said = vars(struct).get("__doc__") or ""
    assert len(said.split()) >= 2
    assert said.rstrip().endswith((".", "`"))


def test_every_command_has_its_reply_in_what_is_generated_for_clients() -> None:
    """Eight commands were missing once, and their replies were typed as refusals."""
    written = (ROOT / "realtime" / "client" / "contract" / "sides.ts").read_text("utf-8")
    for side, union in (("VisitorSide", VisitorCommand), ("AgentSide", AgentCommand)):
        said = written.partition(f"export interface {side} {{")[2].partition("\n}")[0]
        replies = dict(re.findall(r'^    "([a-z._]+)": (.+)$', said, re.MULTILINE))
        expected = {str(it.__struct_config__.tag): " | ".join(a.__name__ for a in answers_to(it)) for it in get_args(union)}
        assert replies == expected


def test_what_is_generated_is_fresh() -> None:
    checked = subprocess.run([sys.executable, ROOT / "tools" / "types", "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    "union",
    [VisitorCommand, AgentCommand, VisitorEvent, AgentEvent],
    ids=["visitor commands", "agent commands", "visitor events", "agent events"],
)
def test_each_side_has_one_struct_a_name(union: Any) -> None:
    tags = [str(struct.__struct_config__.tag) for struct in get_args(union)]
    assert len(set(tags)) == len(tags)
    assert [tag for tag in tags if not TAG.fullmatch(tag)] == []


@pytest.mark.parametrize("base", [Command, Event], ids=["commands", "events"])
def test_nothing_is_defined_that_nobody_may_say(base: type[Struct]) -> None:
    said = {struct for union in (VisitorCommand, AgentCommand, VisitorEvent, AgentEvent) for struct in get_args(union)}
    assert set(those(base)) - said == set()


def test_every_reply_answers_something_and_says_ok() -> None:
    answered = {*replies_to(VisitorCommand), *replies_to(AgentCommand)}
    assert set(those(Reply)) == answered
    assert [struct.__name__ for struct in answered if "ok" not in struct.__struct_fields__] == []


def test_a_command_has_to_say_what_answers_it() -> None:
    with pytest.raises(TypeError, match="does not say what answers it"):

        class Unanswered(Command, tag="nothing.said"):
            """A command without an answer."""


def test_commands_and_bodies_take_nothing_they_do_not_know() -> None:
    taking = {*those(Command), *those(Body), *parts_of(those(Command)), *parts_of(those(Body))}
    assert [it.__name__ for it in taking if not it.__struct_config__.forbid_unknown_fields] == []


def test_every_text_a_client_may_send_has_an_end() -> None:
    """A field without a bound is a way to fill the memory."""

    unbounded: list[str] = []
    for struct in {*those(Command), *those(Body), *parts_of(those(Command)), *parts_of(those(Body))}:
        schema = msgspec.json.schema(struct)["$defs"].get(struct.__name__, {})
        times = {field.name for field in fields(struct) if "datetime" in str(field.type)}
        for name, it in schema.get("properties", {}).items():
            for kind in it.get("anyOf", [it]):
                if kind.get("type") == "string" and name not in times and not {"maxLength", "pattern", "enum"} & kind.keys():
                    unbounded.append(f"{struct.__name__}.{name}")
                if kind.get("type") == "array" and "maxItems" not in kind:
                    unbounded.append(f"{struct.__name__}.{name}")
    assert unbounded == []


def test_no_view_leaves_a_key_out() -> None:
    """A reader may rely on every key: a default would be dropped or forgotten on one side."""
    assert [
        f"{struct.__name__}.{field.name}"
        for struct in [it for it in EVERY if (issubclass(it, View) and it.__name__.endswith("View")) or issubclass(it, Event)]
        for field in fields(struct)
        if not field.required
    ] == []


def test_a_visitor_is_never_told_of_what_is_ours_alone() -> None:
    """By type: nothing that reaches a visitor can carry these."""
    ours = {ConversationView, ContactView, TicketView, AgentView, WallView, QueueWallView}

    for struct in (*get_args(VisitorEvent), *replies_to(VisitorCommand)):
        assert ({struct} | parts_of([struct])) & ours == set(), struct
