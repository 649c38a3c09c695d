"""Messages that greet a visitor first, by rule or from an agent."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.bases import Body, Command, Done, Event, View
from app.contract.messages import AuthorView
from app.contract.values import ClientId, Id, Staffing, VisitorKind
from app.contract.widget import VisitorToken


class GreetingView(View):
    """A first message from us to a visitor. Shown once they have been on the page for `after_seconds`, and then not again
    for `every_days`; both are 0 for the word of an agent, which is shown at once."""

    id: str
    author: AuthorView
    body: str
    after_seconds: int
    every_days: int


class ProactiveMessageView(View):
    """A message that is shown by rule, and how it has fared. `position` orders them: a visitor sees the first that fits."""

    id: str
    inbox_id: str
    name: str
    position: int
    is_on: bool
    page: str
    locale: str
    visitor: VisitorKind
    staffing: Staffing
    after_seconds: int
    every_days: int
    body: str
    agent_id: str | None
    shown_count: int
    answered_count: int


class InviteVisitor(Command, tag="visitor.invite", answers=Done):
    """Say something first to a visitor who is here. It becomes a conversation when they answer."""

    client_id: ClientId
    contact_id: Id
    body: Annotated[str, Meta(min_length=1, max_length=500)]


class InvitationMade(Event, tag="invitation.made"):
    """An agent says something to a visitor who has not asked."""

    greeting: GreetingView


class TellGreeting(Body):
    """`POST /api/v1/widget/greetings`: a greeting was shown, or waved away."""

    visitor_token: VisitorToken
    greeting_id: Id
    outcome: Literal["shown", "dismissed"]


class SaveProactiveMessage(Body):
    """`POST /api/v1/proactive-messages` and `/{id}`: a message and when it is shown. Empty conditions hold for everybody."""

    inbox_id: Id
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    body: Annotated[str, Meta(min_length=1, max_length=500)]
    is_on: bool = True
    page: Annotated[str, Meta(max_length=500)] = ""
    locale: Annotated[str, Meta(max_length=35)] = ""
    visitor: VisitorKind = "any"
    staffing: Staffing = "any"
    after_seconds: Annotated[int, Meta(ge=0, le=3600)] = 10
    every_days: Annotated[int, Meta(ge=0, le=365)] = 7
    agent_id: Id | None = None


class OrderProactiveMessages(Body):
    """`POST /api/v1/proactive-messages/order`: all of an inbox's, first to last."""

    inbox_id: Id
    ids: Annotated[list[Id], Meta(max_length=200)]


class ProactiveMessages(View):
    """Every proactive message, in order."""

    messages: list[ProactiveMessageView]
    ok: Literal[True] = True


class ProactiveMessageIs(View):
    """The proactive message after the change."""

    message: ProactiveMessageView
    ok: Literal[True] = True
