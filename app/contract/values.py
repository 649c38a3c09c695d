"""The small bounded values the contract is made of."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

# $(?!\n), because in Python a bare $ also matches before a last line break.
Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$(?!\n)")]
ClientId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}$(?!\n)")]
MessageBody = Annotated[str, Meta(max_length=10_000)]
Preview = Annotated[str, Meta(max_length=500)]
Line = Annotated[str, Meta(max_length=200)]
Tag = Annotated[str, Meta(min_length=1, max_length=40)]
StatusKey = Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9_-]{1,40}$(?!\n)")]
Counter = Annotated[int, Meta(ge=0, le=2**53)]
Url = Annotated[str, Meta(max_length=2000)]
Attachments = Annotated[list[Id], Meta(max_length=10)]
Email = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{1,64}@[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{1,185}\.[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{2,63}$(?!\n)",
    ),
]
EmailOrNone = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^([^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{1,64}@[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{1,185}\.[^\s\x00-\x1f\x7f@<>\",;:\\()\[\]]{2,63})?$(?!\n)",
    ),
]

Channel = Literal["chat", "email", "form", "sms"]
Visibility = Literal["public", "internal"]
Category = Literal["new", "open", "waiting", "resolved", "closed"]
Priority = Literal["low", "medium", "high", "urgent"]
Presence = Literal["online", "away", "busy", "offline"]
RoutingMode = Literal["least_load", "round_robin", "manual"]
Role = Literal["agent", "supervisor", "admin"]
ListView = Literal["mine", "unassigned", "all"]
Shelf = Literal["open", "resolved"]
ConfigArea = Literal[
    "workspace", "inboxes", "people", "hours", "articles", "mail", "routing", "replies", "proactive", "sla", "tickets"
]
StatusColor = Literal["gray", "blue", "cyan", "teal", "green", "violet", "pink", "brown"]
ClockMode = Literal["runs", "pauses", "stops"]
Sort = Literal["newest", "waiting", "queue", "due", "priority", "status", "topic"]
StepKind = Literal["status", "priority", "assign", "snooze", "tag", "untag", "reply", "note"]
IdentityState = Literal["none", "verified", "expired", "early"]
"""What became of the identity token a page gave."""
WidgetPosition = Literal["right", "left"]
LauncherIcon = Literal["bubble", "question", "envelope"]
EmailPrompt = Literal["never", "ask", "require"]
FormWhen = Literal["before", "after"]
FormFieldKind = Literal["name", "email", "phone", "text", "number", "choice", "checkbox"]
PageOutcome = Literal["found", "other_key", "blocked_by_csp", "not_found", "private_address", "unreachable"]
SightingOutcome = Literal["ok", "blocked", "unknown_key"]
InvitationState = Literal["none", "sent", "shown", "dismissed"]
VisitorKind = Literal["any", "new", "returning"]
Staffing = Literal["any", "staffed", "unstaffed"]
AuthorKind = Literal["contact", "agent", "bot", "system"]
WarningKind = Literal[
    "no_inbox",
    "no_mail_host",
    "files_full",
    "snippet_not_seen",
    "rule",
    "team_without_members",
    "team_without_capacity",
    "removed_agent",
    "clock_jump",
    "clock_differs",
    "disk_low",
    "database_damaged",
    "escalation",
]
ChecklistItemKey = Literal["workspace", "inbox", "snippet", "people", "hours", "article", "mail", "chat"]
RuleTrouble = Literal[
    "always_matches",
    "never_matches",
    "has_not_matched",
    "does_nothing",
    "missing_inbox",
    "missing_team",
    "empty_team",
    "nobody_has_skills",
    "nobody_speaks",
    "no_hours",
]
Stuck = Literal["everyone_declined", "nobody_speaks", "nobody_has_skills"]
Unserved = Literal["no_members", "no_capacity", "nobody_online"]
SystemCode = Literal[
    "joined",
    "assigned",
    "unassigned",
    "missed",
    "declined",
    "left",
    "transferred",
    "queued",
    "resolved",
    "closed",
    "reopened",
    "snoozed",
    "escalated",
    "escalation_reason",
    "deescalated",
    "escalation_approved",
    "escalation_declined",
    "solution_review",
    "solution_returned",
    "solution_proposed",
    "solution_withdrawn",
    "solution_approved",
    "solution_rejected",
    "solution_silent",
    "link_added",
    "link_removed",
    "follows",
    "followed_up",
    "merged",
    "merged_into",
    "unmerged",
    "split",
    "split_from",
    "ticket_changed",
    "ticket_opened",
    "ended_by_contact",
    "whispered",
    "email_asked",
]
ErrorCode = Literal[
    "invalid",
    "incomplete",
    "unauthenticated",
    "forbidden",
    "not_found",
    "conflict",
    "rate_limited",
    "too_large",
    "unavailable",
    "internal",
]

OPEN_CATEGORIES: tuple[Category, ...] = ("new", "open", "waiting")
CATEGORY_CLOCKS: dict[Category, ClockMode] = {
    "new": "runs",
    "open": "runs",
    "waiting": "pauses",
    "resolved": "stops",
    "closed": "stops",
}
"""What SLA clocks do in a status that does not say it itself."""
