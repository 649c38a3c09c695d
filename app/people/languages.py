"""Languages people speak, as codes."""

from __future__ import annotations

from collections.abc import Sequence


def speaks(languages: Sequence[str], wanted: str) -> bool:
    """Return whether one of these languages is the wanted one: `pt` serves `pt-BR`, and the other way round."""
    base = wanted.lower().partition("-")[0]
    return any(language.lower().partition("-")[0] == base for language in languages)
