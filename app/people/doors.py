"""Doors and the permission each of them needs: every route behind a sign-in, and every command of an agent.

Verbs check permissions themselves. This table says in one place what they check; the matrix in tests/realtime/test_doors.py asks
every door as every caller and compares, and `tools/permissions` writes docs/permissions.md from it. A new route or command is not
complete without a line here.
"""

from __future__ import annotations

from app.people.permissions import Permission

_ROUTES: dict[Permission | None, str] = {
    None: """
        DELETE /api/v1/me/sessions
        DELETE /api/v1/me/sessions/{session_id}
        GET /api/v1/me
        GET /api/v1/me/sessions
        GET /api/v1/presence-reasons
        POST /api/v1/logout
        PUT /api/v1/me/idle
        PUT /api/v1/me/name
        PUT /api/v1/me/password
        PUT /api/v1/me/takes-chats
    """,
    Permission.VIEW_CONVERSATIONS: """
        GET /api/v1/business-hours
        GET /api/v1/contacts
        GET /api/v1/contacts/{contact_id}
        GET /api/v1/contacts/{contact_id}/conversations
        GET /api/v1/conversations
        GET /api/v1/conversations/counts
        GET /api/v1/conversations/{conversation_id}/decisions
        GET /api/v1/conversations/{conversation_id}/escalations
        GET /api/v1/conversations/{conversation_id}/fields
        GET /api/v1/conversations/{conversation_id}/links
        GET /api/v1/conversations/{conversation_id}/lookalikes
        GET /api/v1/conversations/{conversation_id}/sla
        GET /api/v1/conversations/{conversation_id}/sla/priorities
        GET /api/v1/conversations/{conversation_id}/solution
        GET /api/v1/conversations/{conversation_id}/timeline
        GET /api/v1/desk
        GET /api/v1/escalations
        GET /api/v1/ticket-forms
        GET /api/v1/tickets
        GET /api/v1/tickets/closed
        GET /api/v1/tickets/count
        GET /api/v1/tickets/list
        GET /api/v1/tickets/list.csv
        GET /api/v1/tickets/{number}
        POST /api/v1/escalations/{escalation_id}/decision
        PUT /api/v1/conversations/{conversation_id}/watching
    """,
    Permission.REPLY: """
        DELETE /api/v1/canned-responses/{kept_id}
        DELETE /api/v1/macros/{kept_id}
        DELETE /api/v1/views/{kept_id}
        POST /api/v1/canned-responses
        POST /api/v1/conversations/{conversation_id}/solution/hand-in
        POST /api/v1/conversations/{conversation_id}/solution/withdraw
        POST /api/v1/macros
        POST /api/v1/views
        PUT /api/v1/canned-responses/{kept_id}
        PUT /api/v1/conversations/{conversation_id}/solution
        PUT /api/v1/macros/{kept_id}
        PUT /api/v1/views/{kept_id}
    """,
    Permission.ASSIGN: """
        GET /api/v1/conversations/{conversation_id}/approvers
        POST /api/v1/escalations/{escalation_id}/withdraw
    """,
    Permission.SUPERVISE: """
        POST /api/v1/conversations/{conversation_id}/solution/review
    """,
    Permission.MANAGE_TICKETS: """
        DELETE /api/v1/conversations/{conversation_id}/links/{link_id}
        POST /api/v1/conversations/{conversation_id}/links
        GET /api/v1/conversations/{conversation_id}/merge
        POST /api/v1/conversations/{conversation_id}/merge
        POST /api/v1/conversations/{conversation_id}/lookalikes
        POST /api/v1/conversations/{conversation_id}/split
        POST /api/v1/merges/{merge_id}/undo
        POST /api/v1/tickets
        POST /api/v1/tickets/proposals
        PUT /api/v1/conversations/{conversation_id}/fields
    """,
    Permission.VIEW_AUDIT: """
        GET /api/v1/audit
    """,
    Permission.WATCH_WALL: """
        GET /api/v1/notices
        POST /api/v1/notices/dismiss
    """,
    Permission.PUBLISH_ARTICLES: """
        DELETE /api/v1/articles/{article_id}
        GET /api/v1/articles
        GET /api/v1/articles/{article_id}
        POST /api/v1/articles
        POST /api/v1/articles/import
        POST /api/v1/articles/preview
        PUT /api/v1/articles/{article_id}
    """,
    Permission.SET_WORKSPACE: """
        GET /api/v1/setup/checklist
        GET /api/v1/solutions/settings
        GET /api/v1/workspace
        PUT /api/v1/setup/checklist
        PUT /api/v1/solutions/settings
        PUT /api/v1/workspace
    """,
    Permission.SET_PEOPLE: """
        DELETE /api/v1/agents/invitations/{invitation_id}
        DELETE /api/v1/agents/{agent_id}
        GET /api/v1/people
        POST /api/v1/agents
        POST /api/v1/agents/invitations
        POST /api/v1/agents/invitations/{invitation_id}/resend
        POST /api/v1/agents/{agent_id}/password-reset
        POST /api/v1/agents/{agent_id}/reactivate
        POST /api/v1/agents/{agent_id}/suspend
        POST /api/v1/teams
        POST /api/v1/teams/{team_id}/archive
        POST /api/v1/teams/{team_id}/restore
        PUT /api/v1/agents/{agent_id}
        PUT /api/v1/agents/{agent_id}/routing
        PUT /api/v1/teams/{team_id}
    """,
    Permission.SET_INBOXES: """
        GET /api/v1/inboxes
        GET /api/v1/inboxes/{inbox_id}/sightings
        POST /api/v1/inboxes
        POST /api/v1/inboxes/{inbox_id}
        POST /api/v1/inboxes/{inbox_id}/archive
        POST /api/v1/inboxes/{inbox_id}/page-checks
        POST /api/v1/inboxes/{inbox_id}/restore
        POST /api/v1/inboxes/{inbox_id}/secret
        PUT /api/v1/inboxes/{inbox_id}
    """,
    Permission.SET_ROUTING: """
        DELETE /api/v1/presence-reasons/{reason_id}
        DELETE /api/v1/routing/rules/{rule_id}
        GET /api/v1/routing/rules
        POST /api/v1/presence-reasons
        POST /api/v1/routing/dry-run
        POST /api/v1/routing/rules
        PUT /api/v1/routing/rules
        PUT /api/v1/routing/rules/{rule_id}
        PUT /api/v1/teams/{team_id}/routing
    """,
    Permission.SET_HOURS: """
        DELETE /api/v1/business-hours/{hours_id}
        GET /api/v1/public-holidays
        GET /api/v1/public-holidays/countries
        POST /api/v1/business-hours
        PUT /api/v1/business-hours/{hours_id}
        PUT /api/v1/inboxes/{inbox_id}/hours
    """,
    Permission.SET_SLA: """
        DELETE /api/v1/sla/policies/{policy_id}
        GET /api/v1/sla/policies
        POST /api/v1/sla/dry-run
        POST /api/v1/sla/policies
        PUT /api/v1/sla/policies
        PUT /api/v1/sla/policies/{policy_id}
    """,
    Permission.SET_MAIL: """
        GET /api/v1/mail/status
        POST /api/v1/mail/held
        POST /api/v1/mail/test
        POST /api/v1/mail/{mail_id}/discard
        POST /api/v1/mail/{mail_id}/retry
    """,
    Permission.SET_PROACTIVE: """
        DELETE /api/v1/proactive-messages/{message_id}
        GET /api/v1/proactive-messages
        POST /api/v1/proactive-messages
        POST /api/v1/proactive-messages/order
        POST /api/v1/proactive-messages/{message_id}
    """,
    Permission.SET_TICKETS: """
        GET /api/v1/statuses
        POST /api/v1/statuses
        POST /api/v1/statuses/{key}/retire
        PUT /api/v1/statuses
        PUT /api/v1/statuses/{key}
        PUT /api/v1/ticket-forms/{inbox_id}
    """,
}
_COMMANDS: dict[Permission | None, str] = {
    None: "article.search presence.set",
    Permission.VIEW_CONVERSATIONS: """
        article.suggest conversation.delivered conversation.earlier conversation.read conversation.sync conversation.view screen.watch
        typing.set
    """,
    Permission.REPLY: """
        contact.ask_email conversation.accept conversation.claim conversation.decline conversation.set_priority
        conversation.set_status conversation.snooze conversations.bulk conversations.undo draft.save message.send
    """,
    Permission.ASSIGN: "conversation.assign conversation.deescalate conversation.escalate conversation.transfer",
    Permission.SUPERVISE: "conversation.pull_back conversation.take_over conversation.watch conversation.whisper",
    Permission.MANAGE_TICKETS: "ticket.open ticket.update",
    Permission.EDIT_CONTACTS: "contact.edit",
    Permission.VIEW_VISITORS: "visitors.watch",
    Permission.INVITE_VISITORS: "visitor.invite",
    Permission.WATCH_WALL: "wall.watch",
    Permission.SET_THRESHOLDS: "team.set_thresholds",
    Permission.FORCE_PRESENCE: "presence.force",
}

ROUTES: dict[str, Permission | None] = {
    f"{method} {path}": permission
    for permission, doors in _ROUTES.items()
    for method, path in (line.split() for line in doors.strip().splitlines())
}
"""Method and path of each route behind a sign-in, and its permission; None for every agent, about what is their own."""
COMMANDS: dict[str, Permission | None] = {
    command: permission for permission, commands in _COMMANDS.items() for command in commands.split()
}
"""Each command of an agent and its permission."""
SHARED: dict[str, Permission] = {
    name: Permission.SHARE_TOOLBOX
    for name in ROUTES
    if name.startswith(("POST", "PUT")) and name.split("/")[3] in ("views", "canned-responses", "macros")
}
"""Routes that need another permission when the body says `is_shared`."""
