"""What a history must never hold. Pure: the same history always gives the same violations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct, structs

from tests.faults.history import History, Line, Shown, Stored, by_conversation


class Violation(Struct, frozen=True, kw_only=True):
    """A promise that was broken, and where."""

    kind: str
    what: str


def check(history: History) -> list[Violation]:
    """Everything wrong with it.

    lost: acked and not stored. doubled: one client_id with two effects. reordered: a sender's messages not in the order
    sent. gap: seq is not 1..n, or a rev is given twice. unseen: a screen lacks what is stored. disagreement: two screens,
    or a screen and the database, in different order. altered: not byte for byte what is stored. leaked: a note, or a rev,
    on a visitor's screen. two_owners, over_capacity: as they say. miscounted: a derived number is not the recount.
    """
    judges = (_lost, _doubled, _reordered, _gaps, _screens, _leaked, _owners, _capacities, _counts)
    return [Violation(kind=kind, what=what) for judge in judges for kind, what in judge(history)]


def kinds(history: History) -> set[str]:
    """Which promises it breaks."""
    return {violation.kind for violation in check(history)}


Found = Iterator[tuple[str, str]]


def _lost(history: History) -> Found:
    ids = {line.id for line in history.stored.lines}
    keys = {line.key for line in history.stored.lines}
    for ack in history.acked:
        if ack.line.id not in ids and ack.key not in keys:
            yield "lost", f"{ack.key} of {ack.by} was acked as seq {ack.line.seq} and is not stored"


def _doubled(history: History) -> Found:
    stored = Counter((line.by, line.key) for line in history.stored.lines if line.key)
    for (by, key), count in stored.items():
        if count > 1:
            yield "doubled", f"{key} of {by} is stored {count} times"
    answers: dict[tuple[str, str], set[tuple[str, int | None]]] = {}
    for ack in history.acked:
        answers.setdefault((ack.by, ack.key), set()).add((ack.line.id, ack.line.seq))
    for (by, key), places in answers.items():
        if len(places) > 1:
            yield "doubled", f"{key} of {by} was acked as {len(places)} different messages"
    for shown in history.shown:
        for key, count in Counter(line.key for line in shown.lines if line.key).items():
            if count > 1 and stored[_author(shown, key), key] <= 1:
                yield "doubled", f"{shown.by} shows {key} {count} times"


def _author(shown: Shown, key: str) -> str:
    return next(line.by for line in shown.lines if line.key == key)


def _reordered(history: History) -> Found:
    turns = {(sent.by, sent.key): turn for turn, sent in enumerate(history.sent)}
    names = {ack.key: ack.by for ack in history.acked}
    for id, lines in _by_rev(history.stored).items():
        last: dict[str, tuple[int, str]] = {}
        for line in lines:
            by = names.get(line.key or "")
            if by is None or line.key is None:
                continue
            turn = turns[by, line.key]
            if by in last and turn < last[by][0]:
                yield "reordered", f"{by} sent {line.key} before {last[by][1]}, and {id} holds it after"
            last[by] = (max(turn, last[by][0] if by in last else 0), line.key)


def _gaps(history: History) -> Found:
    counters = {conversation.id: conversation for conversation in history.stored.conversations}
    for id, lines in by_conversation(history.stored.lines).items():
        seqs = sorted(line.seq for line in lines if line.seq is not None)
        if seqs != list(range(1, len(seqs) + 1)):
            yield "gap", f"{id} counts {_odd(seqs)}"
        revs = Counter(line.rev for line in lines)
        if doubles := [rev for rev, count in revs.items() if count > 1]:
            yield "gap", f"{id} gave rev {doubles[:5]} twice"
        if id in counters and seqs and counters[id].seq != seqs[-1]:
            yield "gap", f"{id} says seq {counters[id].seq} and holds up to {seqs[-1]}"


def _odd(seqs: list[int]) -> str:
    """Where a count stops being one."""
    steps = [f"{a},{b}" for a, b in pairwise([0, *seqs]) if b != a + 1]
    return f"…{' …'.join(steps[:5])}…"


def _screens(history: History) -> Found:
    """Each screen against the database, line by line."""
    truth = {id: [line for line in lines if line.seq is not None] for id, lines in _by_rev(history.stored).items()}
    everything = _by_rev(history.stored)
    for shown in history.shown:
        wanted = (everything if shown.side == "agent" else truth).get(shown.conversation_id, [])
        held = {line.id: line for line in shown.lines}
        if missing := [line for line in wanted if line.id not in held]:
            yield "unseen", f"{shown.by} lacks {len(missing)} of {len(wanted)}, first {missing[0].key} (rev {missing[0].rev})"
        common = {line.id for line in wanted}
        if [line.id for line in shown.lines if line.id in common] != [line.id for line in wanted if line.id in held]:
            yield "disagreement", f"{shown.by} shows {shown.conversation_id} in another order than it is stored"
        for line in wanted:
            if line.id in held and _as(shown.side, held[line.id]) != _as(shown.side, line):
                yield "altered", f"{shown.by} shows {held[line.id]} and stored is {line}"
    yield from _acks_match(history)


def _acks_match(history: History) -> Found:
    stored = {line.id: line for line in history.stored.lines}
    for ack in history.acked:
        line = stored.get(ack.line.id)
        if line is not None and _as("visitor", ack.line) != _as("visitor", line):
            yield "altered", f"{ack.by} was told {ack.line} and stored is {line}"


def _as(side: str, line: Line) -> Line:
    return line if side == "agent" else structs.replace(line, rev=None)


def _leaked(history: History) -> Found:
    visitors = {shown.by for shown in history.shown if shown.side == "visitor"}
    lines = [(seen.by, seen.line) for seen in history.seen if seen.by in visitors]
    lines += [(shown.by, line) for shown in history.shown if shown.side == "visitor" for line in shown.lines]
    for by, line in lines:
        if line.visibility != "public" or line.seq is None:
            yield "leaked", f"{by} saw the note {line.key}"
        elif line.rev is not None:
            yield "leaked", f"{by} was told the rev of {line.key}"


def _owners(history: History) -> Found:
    holders: dict[str, list[str | None]] = {}
    for holding in history.stored.holdings:
        holders.setdefault(holding.conversation_id, []).append(holding.agent_id)
    for conversation in history.stored.conversations:
        if len(held := holders.get(conversation.id, [])) > 1:
            yield "two_owners", f"{conversation.id} is held by {held} at once"
        elif held and held != [conversation.agent_id]:
            yield "two_owners", f"{conversation.id} is {conversation.agent_id}'s and its history says {held}"
    claims: dict[str, set[str]] = {}
    for claim in history.claimed:
        claims.setdefault(claim.conversation_id, set()).add(claim.by)
    for id, agents in claims.items():
        if len(agents) > 1:
            yield "two_owners", f"{sorted(agents)} were each told that {id} is theirs"


def _capacities(history: History) -> Found:
    """What an agent claims, is given or answers is not bounded: only what routing gave them while they held enough."""
    open_ids = {one.id for one in history.stored.conversations if one.is_open and one.agent_id is not None}
    for agent_id, capacity in history.stored.capacities.items():
        held = [one for one in history.stored.holdings if one.agent_id == agent_id and one.conversation_id in open_ids]
        for given in (one for one in held if one.is_routed):
            load = sum(one.since <= given.since for one in held)
            if load > capacity:
                yield "over_capacity", f"{agent_id} was given {given.conversation_id} as number {load}, and may hold {capacity}"
                break


def _counts(history: History) -> Found:
    stored = history.stored
    lines = by_conversation(stored.lines)
    for conversation in stored.conversations:
        unread = sum(
            line.by.startswith("contact") and (line.seq or 0) > conversation.agent_read_seq
            for line in lines.get(conversation.id, [])
        )
        if unread != conversation.unread_count:
            yield "miscounted", f"{conversation.id} says {conversation.unread_count} unread, and {unread} are"
    for name, value in stored.recounted.items():
        if stored.said.get(name) != value:
            yield "miscounted", f"{name} is said to be {stored.said.get(name)}, and is {value}"


def _by_rev(stored: Stored) -> dict[str, list[Line]]:
    """Lines as the database orders them."""
    return by_conversation(sorted(stored.lines, key=lambda line: (line.rev or 0, line.seq or 0, line.id)))
