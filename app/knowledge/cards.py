"""Which suggestions stay where they are: a card under somebody's pointer must not jump for a hair's breadth."""

from __future__ import annotations

from collections.abc import Sequence

from app.knowledge.index import Found

MARGIN = 0.03
MAX_CARDS = 3


def settle(shown: Sequence[str], found: Sequence[Found], most: int = MAX_CARDS) -> list[Found]:
    """The cards to show, given the ids of the articles shown now and what was found now, best first.

    A card keeps its place unless another has become better by more than .03; one that no longer fits goes.
    """
    fitting = {one.article.id: one for one in found}
    cards = [fitting[id] for id in shown if id in fitting]
    cards += [one for one in found if one.article.id not in shown]
    moved = True
    while moved:
        moved = False
        for place in range(len(cards) - 1):
            if cards[place + 1].score > cards[place].score + MARGIN:
                cards[place], cards[place + 1] = cards[place + 1], cards[place]
                moved = True
    return cards[:most]
