// Written by tools/types from app/contract. Change the Structs, not this file.

import type { RuleTrouble, WarningKind } from "./values"

/**
 * A warning about a setting or the server. It is gone once its cause is fixed.
 *
 * `no_inbox`: customers have no way to write. `snippet_not_seen`: no site has loaded the chat button of the inbox `subject`.
 * `no_mail_host`: `count` mails wait for a mail host.
 * `files_full`: files take `count` percent of the room they may have; at 100 no more are taken. `rule`: the rule named `subject` has a `problem`. `team_without_members`, `team_without_capacity`: conversations come to
 * the team `subject` (empty: to everybody) and nobody there can be given one. `removed_agent`: `count` conversations that
 * `subject` held when they were removed wait for somebody. `clock_jump`: the database's clock jumped by `seconds`; times
 * are off until `until`, by less and less. `clock_differs`: the clock of the node `subject` is ahead of the database's by
 * `seconds`; the database's counts, and of SQLite what it holds already. `disk_low`: the disk of the node `subject` has `count` megabytes left.
 * `database_damaged`: the node `subject` has met damage in the database. `escalation`: a colleague escalated the conversation of the contact `subject` to level
 * `count`; its id is in the `key`, after the first colon.
 */
export interface WarningView {
  key: string
  kind: WarningKind
  subject: string
  problem: RuleTrouble | null
  count: number
  seconds: number
  until: string | null
  is_dismissed: boolean
}

/**
 * The warnings for supervisors and admins, or the escalations that wait for you, may have changed: ask `GET
 * /api/v1/notices` and `GET /api/v1/escalations`. The event, the route and its field keep their earlier name.
 */
export interface WarningsChanged {
  type: "notices.changed"
}

/** Warnings to fix, and those this agent has dismissed. */
export interface WarningPage {
  notices: WarningView[]
  ok: true
}

/** Do not tell me this again, as long as it lasts. */
export interface DismissWarning {
  /** At least 1 characters, at most 200 characters. */
  key: string
}
