"""Texts with a number have the plural forms of their language, and no language lacks a text."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INBOX = ROOT / "agent_ui"
MADE = {"node_modules", "dist"}
FORMS = {
    "en": {"one", "other"},
    "de": {"one", "other"},
    "ar": {"zero", "one", "two", "few", "many", "other"},
}
ORDINAL = {"in_line"}
"""Texts with a place in a line, which have other forms: 1st, 2nd, 3rd."""
PLURAL = re.compile(r"(.*)_(zero|one|two|few|many|other)$")
COUNTED = re.compile(r"\{(count|n|number|minutes|hours|days)\} (more )?[a-z]+s\b")


def packs_of(language: str) -> dict[str, dict[str, str]]:
    """Every pack of a language, by its area."""
    packs = (path for name in ("first", "words") for path in INBOX.rglob(f"{name}.{language}.json"))
    inbox = {str(path.relative_to(INBOX)).replace(f"{language}.json", ""): path for path in packs if not MADE & {*path.parts}}
    paths = {**inbox, "widget": ROOT / "widget" / "locales" / f"{language}.json"}
    return {area: json.loads(path.read_text("utf-8")) for area, path in paths.items()}


def forms_of(pack: dict[str, str]) -> dict[str, set[str]]:
    """The plural forms of each text that has them. A key may end in such a word by chance: it has no `other`."""
    found: dict[str, set[str]] = defaultdict(set)
    for key in pack:
        if match := PLURAL.match(key):
            found[match[1]].add(match[2])
    return {key: forms for key, forms in found.items() if "other" in forms and key not in ORDINAL}


def bases_of(pack: dict[str, str]) -> set[str]:
    """The keys of a pack, a text with forms once."""
    several = forms_of(pack).keys() | ORDINAL
    return {match[1] if (match := PLURAL.match(key)) and match[1] in several else key for key in pack}


@pytest.mark.parametrize("language", FORMS)
def test_d11_every_counted_text_has_the_plural_forms_of_its_language(language: str) -> None:
    wanted = FORMS[language]
    lacking = {
        f"{area}{key}": sorted(wanted - forms)
        for area, pack in packs_of(language).items()
        for key, forms in forms_of(pack).items()
        if wanted - forms
    }
    assert lacking == {}


def test_d11_no_text_sets_a_number_before_a_plural_without_forms() -> None:
    plain = {
        f"{area}{key}": text
        for area, pack in packs_of("en").items()
        for key, text in pack.items()
        if not PLURAL.match(key) and COUNTED.search(text)
    }
    assert plain == {}


@pytest.mark.parametrize("language", ["de", "ar"])
def test_d11_no_language_lacks_a_text(language: str) -> None:
    english, other = packs_of("en"), packs_of(language)
    assert english.keys() == other.keys()
    for area, pack in english.items():
        theirs = other[area]
        base, has = bases_of(pack), bases_of(theirs)
        assert base - has == set(), area
        for key in base & theirs.keys():
            assert set(re.findall(r"\{\w+\}", theirs[key])) == set(re.findall(r"\{\w+\}", pack[key])), f"{area}{key}"
