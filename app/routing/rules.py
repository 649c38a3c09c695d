"""Rules, as a pure function: what is known of a conversation in, the first rule that matches and the way there out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from app.contract.routing import ConditionTrace, RuleActions, RuleConditions, RuleTrace
from app.contract.values import Priority
from app.patterns import has_phrase, matches_within
from app.routing.next_agent import speaks

MAX_SHOWN = 80


class Rule(Struct, frozen=True, kw_only=True):
    """A rule to be tried."""

    id: str
    name: str
    conditions: RuleConditions
    actions: RuleActions


class Facts(Struct, frozen=True, kw_only=True):
    """Facts known of a conversation when it arrives."""

    inbox_id: str
    channel: str = "chat"
    page_url: str = ""
    language: str = ""
    topic: str = ""
    priority: Priority = "medium"
    email: str = ""
    company: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    words: str = ""
    is_open: bool = True


class Judgement(Struct, frozen=True):
    """The first rule that matches, if any, and how each rule up to it was tried."""

    rule: Rule | None
    trace: list[RuleTrace]


def judge(rules: Sequence[Rule], facts: Facts) -> Judgement:
    """Try the rules in order until one matches."""
    trace: list[RuleTrace] = []
    for rule in rules:
        conditions = list(_tried(rule.conditions, facts))
        matches = all(condition.holds for condition in conditions)
        trace.append(RuleTrace(rule_id=rule.id, name=rule.name, matches=matches, conditions=conditions))
        if matches:
            return Judgement(rule, trace)
    return Judgement(None, trace)


def covers(wide: RuleConditions, narrow: RuleConditions) -> bool:
    """Return whether the wide conditions match everything the narrow ones do, as far as their words say."""
    lists = ("inbox_ids", "channels", "pages", "languages", "topics", "priorities", "domains", "companies", "words")
    asked = {one.name: one.values for one in narrow.fields}
    return (
        all(_is_among(getattr(narrow, name), getattr(wide, name)) for name in lists)
        and all(_is_among(asked.get(one.name, []), one.values) for one in wide.fields)
        and wide.is_open in (None, narrow.is_open)
    )


def _is_among(narrow: Sequence[str], wide: Sequence[str]) -> bool:
    """Values of one condition; without any it asks nothing."""
    return not wide or (bool(narrow) and set(map(_folded, narrow)) <= set(map(_folded, wide)))


def _tried(wanted: RuleConditions, facts: Facts) -> Iterator[ConditionTrace]:
    """Each condition given, with what was found."""
    if wanted.inbox_ids:
        yield _traced("inbox", wanted.inbox_ids, facts.inbox_id, facts.inbox_id in wanted.inbox_ids)
    if wanted.channels:
        yield _traced("channel", wanted.channels, facts.channel, facts.channel in wanted.channels)
    if wanted.pages:
        yield _traced("page", wanted.pages, facts.page_url, any(is_page(one, facts.page_url) for one in wanted.pages))
    if wanted.languages:
        held = bool(facts.language) and any(_is_language(one, facts.language) for one in wanted.languages)
        yield _traced("language", wanted.languages, facts.language, held)
    if wanted.topics:
        yield _traced("topic", wanted.topics, facts.topic, _folded(facts.topic) in map(_folded, wanted.topics))
    if wanted.priorities:
        yield _traced("priority", wanted.priorities, facts.priority, facts.priority in wanted.priorities)
    if wanted.domains:
        domain = facts.email.rpartition("@")[2].lower()
        yield _traced("domain", wanted.domains, domain, any(is_domain(one, domain) for one in wanted.domains))
    if wanted.companies:
        held = _folded(facts.company) in map(_folded, wanted.companies)
        yield _traced("company", wanted.companies, facts.company, held)
    for one in wanted.fields:
        value = facts.fields.get(one.name, "")
        yield _traced(f"field {one.name}", one.values, value, _folded(value) in map(_folded, one.values))
    if wanted.words:
        found = [one for one in wanted.words if has_words(facts.words, one)]
        yield _traced("words", wanted.words, ", ".join(found), bool(found))
    if wanted.is_open is not None:
        states = ("closed", "open")
        yield _traced("hours", [states[wanted.is_open]], states[facts.is_open], wanted.is_open is facts.is_open)


def is_page(pattern: str, url: str) -> bool:
    """Return whether an address holds the pattern somewhere; `*` stands for anything. Ignores case."""
    return bool(url) and matches_within(pattern, url)


def is_domain(wanted: str, domain: str) -> bool:
    """Return whether a domain is the wanted one or lies below it."""
    wanted = wanted.lower().strip().removeprefix("@").strip(".")
    return bool(wanted) and (domain == wanted or domain.endswith("." + wanted))


def has_words(text: str, wanted: str) -> bool:
    """Return whether these words occur in the text, whole and in this order."""
    return has_phrase(wanted, text)


def _is_language(wanted: str, found: str) -> bool:
    """A language matches its dialects; a dialect only itself."""
    return found.lower() == wanted.lower() if "-" in wanted else speaks([found], wanted)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _traced(condition: str, wanted: Sequence[str], found: str, holds: bool) -> ConditionTrace:
    return ConditionTrace(condition=condition, wanted=[one[:MAX_SHOWN] for one in wanted], found=found[:MAX_SHOWN], holds=holds)
