// Written by tools/types from app/contract. Change the Structs, not this file.

import type { InboxView } from "./inboxes"
import type { AgentView, TeamView } from "./people"
import type { PresenceReasonView } from "./presence"
import type { StatusView } from "./statuses"

/** `POST /api/v1/login` */
export interface Login {
  /** At most 254 characters. */
  email: string
  /** At most 256 characters. */
  password: string
  /** At most 16 characters. */
  code?: string | null
}

/** `POST /api/v1/setup`: the first admin. `setup_code` is printed where the server was started. */
export interface SetUp {
  /** At most 64 characters. */
  setup_code: string
  /** At least 1 characters, at most 200 characters. */
  name: string
  /** At most 254 characters. */
  email: string
  /** At least 8 characters, at most 256 characters. */
  password: string
}

/**
 * The state of the setup: whether the first admin is still missing; the workspace's name, and whether a forgotten
 * password can be mailed.
 */
export interface SetupState {
  is_needed: boolean
  workspace_name: string
  mails_passwords: boolean
  ok: true
}

/** The agent now signed in. */
export interface SignedIn {
  agent: AgentView
  ok: true
}

/**
 * Everything the inbox needs to draw itself. `permissions` are what this agent may do, `max_file_bytes` how large a
 * file may be.
 */
export interface Me {
  agent: AgentView
  permissions: string[]
  agents: AgentView[]
  teams: TeamView[]
  inboxes: InboxView[]
  statuses: StatusView[]
  topics: string[]
  reasons: PresenceReasonView[]
  workspace_name: string
  max_file_bytes: number
  epoch: string
  ok: true
}
