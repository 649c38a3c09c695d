// Written by tools/types from app/contract. Change the Structs, not this file.

export type Channel = "chat" | "email" | "form" | "sms"

export type Visibility = "public" | "internal"

export type Category = "new" | "open" | "waiting" | "resolved" | "closed"

export type Priority = "low" | "medium" | "high" | "urgent"

export type Presence = "online" | "away" | "busy" | "offline"

export type RoutingMode = "least_load" | "round_robin" | "manual"

export type Role = "agent" | "supervisor" | "admin"

export type ListView = "mine" | "unassigned" | "all"

export type Shelf = "open" | "resolved"

export type ConfigArea =
  | "workspace"
  | "inboxes"
  | "people"
  | "hours"
  | "articles"
  | "mail"
  | "routing"
  | "replies"
  | "proactive"
  | "sla"
  | "tickets"

export type StatusColor = "gray" | "blue" | "cyan" | "teal" | "green" | "violet" | "pink" | "brown"

export type ClockMode = "runs" | "pauses" | "stops"

export type Sort = "newest" | "waiting" | "queue" | "due" | "priority" | "status" | "topic"

export type StepKind = "status" | "priority" | "assign" | "snooze" | "tag" | "untag" | "reply" | "note"

export type IdentityState = "none" | "verified" | "expired" | "early"

export type WidgetPosition = "right" | "left"

export type LauncherIcon = "bubble" | "question" | "envelope"

export type EmailPrompt = "never" | "ask" | "require"

export type FormWhen = "before" | "after"

export type FormFieldKind = "name" | "email" | "phone" | "text" | "number" | "choice" | "checkbox"

export type PageOutcome = "found" | "other_key" | "blocked_by_csp" | "not_found" | "private_address" | "unreachable"

export type SightingOutcome = "ok" | "blocked" | "unknown_key"

export type InvitationState = "none" | "sent" | "shown" | "dismissed"

export type VisitorKind = "any" | "new" | "returning"

export type Staffing = "any" | "staffed" | "unstaffed"

export type AuthorKind = "contact" | "agent" | "bot" | "system"

export type WarningKind =
  | "no_inbox"
  | "no_mail_host"
  | "files_full"
  | "snippet_not_seen"
  | "rule"
  | "team_without_members"
  | "team_without_capacity"
  | "removed_agent"
  | "clock_jump"
  | "clock_differs"
  | "disk_low"
  | "database_damaged"
  | "escalation"

export type ChecklistItemKey = "workspace" | "inbox" | "snippet" | "people" | "hours" | "article" | "mail" | "chat"

export type RuleTrouble =
  | "always_matches"
  | "never_matches"
  | "has_not_matched"
  | "does_nothing"
  | "missing_inbox"
  | "missing_team"
  | "empty_team"
  | "nobody_has_skills"
  | "nobody_speaks"
  | "no_hours"

export type Stuck = "everyone_declined" | "nobody_speaks" | "nobody_has_skills"

export type Unserved = "no_members" | "no_capacity" | "nobody_online"

export type SystemCode =
  | "joined"
  | "assigned"
  | "unassigned"
  | "missed"
  | "declined"
  | "left"
  | "transferred"
  | "queued"
  | "resolved"
  | "closed"
  | "reopened"
  | "snoozed"
  | "escalated"
  | "escalation_reason"
  | "deescalated"
  | "escalation_approved"
  | "escalation_declined"
  | "solution_review"
  | "solution_returned"
  | "solution_proposed"
  | "solution_withdrawn"
  | "solution_approved"
  | "solution_rejected"
  | "solution_silent"
  | "link_added"
  | "link_removed"
  | "follows"
  | "followed_up"
  | "merged"
  | "merged_into"
  | "unmerged"
  | "split"
  | "split_from"
  | "ticket_changed"
  | "ticket_opened"
  | "ended_by_contact"
  | "whispered"
  | "email_asked"

export type ErrorCode =
  | "invalid"
  | "incomplete"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "too_large"
  | "unavailable"
  | "internal"
