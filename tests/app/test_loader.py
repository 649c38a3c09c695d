"""What goes around the loader: nothing that a name or a colour could break out of."""

from __future__ import annotations

import pytest

from app.clock import new_id
from app.http.loader import blocked_site, console_error, looks_of, unknown_key
from models import Inbox


def inbox(**looks: str | None) -> Inbox:
    return Inbox(id=new_id(), color="#3b4cca", **looks)


def test_an_inbox_that_looks_as_usual_adds_nothing() -> None:
    assert looks_of(inbox()) == (b"", b"")
    assert looks_of(inbox(position="right", launcher="bubble")) == (b"", b"")


def test_position_and_colour_stand_where_the_tag_says_nothing() -> None:
    it = inbox(position="left")
    it.color = "#aabbcc"
    before, after = looks_of(it)
    assert before == b'{const d=document.currentScript.dataset;d.position??="left";d.color??="#aabbcc";}'
    assert after == b""


@pytest.mark.parametrize("icon", ["question", "envelope"])
def test_another_launcher_is_a_sheet_after_the_loader(icon: str) -> None:
    before, after = looks_of(inbox(launcher=icon))
    assert before == b""
    assert after.startswith(b";{const s=new CSSStyleSheet;")


@pytest.mark.parametrize("text", ['");alert(1);("', "</script><script>alert(1)</script>", "\u2028alert(1)", "\\"])
def test_no_text_leaves_its_literal(text: str) -> None:
    line = console_error(blocked_site(text, "https://x.example")).decode()
    assert line.startswith('console.error("')
    assert line.endswith('");')
    inner = line.removeprefix('console.error("').removesuffix('");')
    assert '"' not in inner.replace('\\"', "").replace("\\\\", "") or inner.count('"') == inner.count('\\"')
    assert "<" not in line
    assert "\u2028" not in line


def test_the_console_says_what_to_do() -> None:
    assert unknown_key("shpo") == 'Parley: no inbox has the key "shpo". Copy the snippet again from Settings, Inboxes.'
