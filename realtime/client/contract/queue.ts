// Written by tools/types from app/contract. Change the Structs, not this file.

/**
 * A place in the queue, 1 is next, and how long it may still take.
 *
 * Four waits in five end between `low_seconds` and `high_seconds`, if the next hour is like the last; `wait_seconds` is the
 * middle. All are empty when there is nothing to estimate from, or nobody serves the queue.
 */
export interface QueueView {
  position: number
  wait_seconds: number | null
  low_seconds: number | null
  high_seconds: number | null
}

/** The contact's place in the queue changed; `queue` is empty once somebody has the conversation. */
export interface ConversationQueued {
  type: "conversation.queued"
  conversation_id: string
  queue: QueueView | null
}
