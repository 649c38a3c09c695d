// Written by tools/types from app/contract. Change the Structs, not this file.

import type { ActorKind, ChangeView } from "./activity"

/** Something more about what was done. */
export interface AuditDetailView {
  name: string
  value: string
}

/**
 * One change: `action` is the command's name or what happened by itself, `by_id` the agent who did it (empty for any other
 * actor), `agent_id` the colleague it concerned, `changes` from what to what, `detail` what was asked for besides.
 */
export interface AuditLineView {
  id: string
  action: string
  by_id: string | null
  by_name: string
  actor_kind: ActorKind
  conversation_id: string | null
  agent_id: string | null
  team_id: string | null
  changes: ChangeView[]
  detail: AuditDetailView[]
  created_at: string
}

/** `GET /api/v1/audit`: a page of changes, newest first. */
export interface AuditPage {
  lines: AuditLineView[]
  next: string | null
  ok: true
}
