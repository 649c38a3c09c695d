"""Solutions: what an agent writes down, a reviewer returns or sends, and the customer answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, View
from app.contract.values import Id

SolutionState = Literal["draft", "in_review", "proposed", "approved", "rejected", "withdrawn"]
SolutionText = Annotated[str, Meta(max_length=4000)]


class SaveSolution(Body):
    """`PUT /api/v1/conversations/{conversation_id}/solution`: the draft. Only `text` is shown to the customer."""

    problem: SolutionText = ""
    cause: SolutionText = ""
    steps: SolutionText = ""
    text: SolutionText = ""
    category: Annotated[str, Meta(max_length=60)] = ""
    article_id: Id | None = None


class ReviewSolution(Body):
    """`POST /api/v1/conversations/{conversation_id}/solution/review`: returning it needs words."""

    is_approved: bool
    note: Annotated[str, Meta(max_length=2000)] = ""


class AnswerSolution(Body):
    """`POST /api/v1/widget/conversations/{conversation_id}/solution`: the customer's answer to what was proposed. Not solved yet
    needs a word about what is missing."""

    is_solved: bool
    word: Annotated[str, Meta(max_length=2000)] = ""


class SolutionView(View):
    """A solution. `article_title` names its linked article. `may_review` is the reader's own."""

    id: str
    conversation_id: str
    state: SolutionState
    problem: str
    cause: str
    steps: str
    text: str
    category: str
    article_id: str | None
    article_title: str | None
    author_id: str
    author_name: str
    reviewer_name: str
    review_note: str
    answer: str
    is_silent: bool
    may_review: bool
    changed_at: datetime
    proposed_at: datetime | None
    answered_at: datetime | None


class SolutionIs(View):
    """The newest solution of a conversation, empty before the first, and what a new one begins with: the customer's first
    message as the problem, the last answers as steps. `needs_review`: its team has a supervisor look first."""

    solution: SolutionView | None
    prefilled: SaveSolution
    needs_review: bool
    silent_days: int
    ok: Literal[True] = True


class ReviewingTeam(View):
    """A team, and whether its solutions are reviewed before a customer sees them."""

    team_id: str
    name: str
    reviews: bool


class SolutionSettings(View):
    """The settings of solutions: after `silent_days` without an answer one counts as approved, and `close_days` after it was
    resolved a conversation closes; 0 for never."""

    silent_days: int
    close_days: int
    teams: list[ReviewingTeam]
    ok: Literal[True] = True


class SetSolutionSettings(Body):
    """`PUT /api/v1/solutions/settings`: the teams named review their solutions, all others do not."""

    silent_days: Annotated[int, Meta(ge=0, le=365)]
    close_days: Annotated[int, Meta(ge=0, le=365)]
    reviewing_team_ids: Annotated[list[Id], Meta(max_length=500)]
