// Written by tools/types from app/contract. Change the Structs, not this file.

/** This node is about to stop; connect again after `retry_seconds`. */
export interface GoingAway {
  type: "going_away"
  retry_seconds: number
}

/** Your session or token was revoked; the connection closes. */
export interface SignedOut {
  type: "signed_out"
}

/** Events since the cursor. `is_fresh`: this is a new stream, so sync what you hold first, as after connecting. */
export interface EventPage {
  events: unknown[]
  cursor: string
  is_fresh: boolean
  ok: true
}
