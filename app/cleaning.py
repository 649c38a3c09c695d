"""Characters nobody means to type, removed from every input before it is read: control characters, such as NUL, which
PostgreSQL cannot store in a text, and halves of surrogate pairs."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_UNWANTED = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]"
UNWANTED = re.compile(_UNWANTED)
_QUOTED = re.compile(rb"%(0[0-8bcBCefEF]|1[0-9a-fA-F]|7[fF])")
_ESCAPED = (b"\\u00", b"\x7f")
"""How such a character stands in JSON; others are no JSON."""


def clean_string(text: str) -> str:
    """The text without them; line ends and tabs stay."""
    return text if text.isprintable() else UNWANTED.sub("", text)


def clean_value(value: Any) -> Any:
    """Clean every string in a decoded JSON value, however deep, keys included."""
    if isinstance(value, str):
        return clean_string(value)
    if isinstance(value, list):
        return [clean_value(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {clean_value(key): clean_value(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


def is_suspect(raw: bytes) -> bool:
    """Return whether JSON may hold any: a quick look that nearly every input passes."""
    return _ESCAPED[0] in raw or _ESCAPED[1] in raw


def clean_json(raw: bytes) -> bytes:
    """JSON without them. Raises what decoding raises."""
    return msgspec.json.encode(clean_value(msgspec.json.decode(raw))) if is_suspect(raw) else raw


def clean_query(raw: bytes) -> bytes:
    """A query string without them, still quoted."""
    return _QUOTED.sub(b"", raw) if b"%" in raw else raw
