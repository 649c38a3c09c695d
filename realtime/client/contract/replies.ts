// Written by tools/types from app/contract. Change the Structs, not this file.

import type { MessageView } from "./messages"
import type { ErrorCode } from "./values"

/** The command succeeded; there is nothing more to say. */
export interface Done {
  ok: true
}

/** The command was refused. `missed` holds the messages a stale reply had not seen; `retry_seconds` when to try again. */
export interface Refused {
  code: ErrorCode
  detail: string
  retry_seconds: number | null
  missed: MessageView[]
  ok: false
}
