"""Script served before and after the loader itself: how the inbox looks, or why there is no chat."""

from __future__ import annotations

import re

import msgspec

from app.tokens import ACCENT
from models import Inbox

KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_KEY = 64
DEFAULT_COLOR = ACCENT
"""Known to the loader itself."""
ICONS = {
    "question": "content:'?';width:auto;height:auto;border:0;font:700 30px/1 system-ui",
    "envelope": (
        "width:24px;height:17px;border-width:2px;border-radius:3px;background:"
        "linear-gradient(38deg,#0000 43%,currentColor 0 58%,#0000 0) 0 0/50% 75% no-repeat,"
        "linear-gradient(-38deg,#0000 43%,currentColor 0 58%,#0000 0) 100% 0/50% 75% no-repeat"
    ),
}
"""Drawn in the launcher's own colours; the speech bubble is the loader's."""


def looks_of(inbox: Inbox) -> tuple[bytes, bytes]:
    """Return what goes before and after the loader: nothing for an inbox that looks as usual. Options on the tag win."""
    wanted = {"position": inbox.position or "right", "color": inbox.color}
    usual = {"position": "right", "color": DEFAULT_COLOR}
    sets = "".join(f"d.{name}??={_js(value)};" for name, value in wanted.items() if value != usual[name])
    icon = ICONS.get(inbox.launcher or "")
    before = f"{{const d=document.currentScript.dataset;{sets}}}" if sets else ""
    after = ""
    if icon:
        rule = f"button:not([aria-expanded=true])::before{{{icon}}}"
        after = (
            f";{{const s=new CSSStyleSheet;s.replaceSync({_js(rule)});"
            "document.documentElement.lastElementChild.shadowRoot.adoptedStyleSheets.push(s)}"
        )
    return before.encode(), after.encode()


def unknown_key(key: str) -> str:
    """Return the console message for a tag that names no inbox."""
    return f'Parley: no inbox has the key "{key}". Copy the snippet again from Settings, Inboxes.'


def blocked_site(inbox: str, origin: str) -> str:
    """Return the console message for a site the inbox does not allow."""
    return f"Parley: {origin} is not an allowed site of the inbox {inbox}. Add it in Settings, Inboxes, Allowed sites."


def console_error(text: str) -> bytes:
    """A line of script that writes an error into the console."""
    return f"console.error({_js(text)});".encode()


def _js(text: str) -> str:
    """A text as a literal that no text can leave."""
    return msgspec.json.encode(text).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
