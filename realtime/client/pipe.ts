import type { Clock } from "./clock"
import type {
  AgentCommand,
  AgentEvent,
  AgentReply,
  ErrorCode,
  Refused,
  VisitorCommand,
  VisitorEvent,
  VisitorReply,
} from "./contract"

export type AnyCommand = VisitorCommand | AgentCommand
export type AnyEvent = VisitorEvent | AgentEvent
export type AnyReply = VisitorReply | AgentReply

/** What a pipe needs of the world. */
export interface Wire {
  origin: string
  namespace: "/visitor" | "/agent"
  auth: () => object
  token: () => string | null
  clock: Clock
  WebSocket: typeof WebSocket
  fetch: typeof fetch
}

/** One way to the server while it lasts: a websocket, or long polling. Closed once, it stays closed. */
export interface Pipe {
  /** Rejects with `Unanswered` when no reply came; a refusal is a reply. */
  command(command: AnyCommand): Promise<AnyReply>
  /** The machine may have slept: close if the server has been silent for too long. */
  check(): void
  /** Close without telling anybody. */
  close(): void
}

export interface PipeHandlers {
  /** A new stream of events begins here: whatever was held before may be out of date. */
  online(): void
  event(event: AnyEvent): void
  refused(code: string): void
  closed(how: "unopened" | "too slow" | "lost"): void
}

/** No reply came, so nobody knows whether it happened: send it again with the same client_id. */
export class Unanswered extends Error {
  constructor(readonly why: "offline" | "timeout" | "closed") {
    super(why)
  }
}

export const REPLY_MS = 8_000
export const MOST_BYTES = 64_000

/** A refusal made here, in the shape the server would have given it. */
export function refusal(code: ErrorCode, detail: string): Refused {
  return { ok: false, code, detail, retry_seconds: null, missed: [] }
}

export function isTooLarge(text: string): boolean {
  return text.length * 3 > MOST_BYTES && new TextEncoder().encode(text).length > MOST_BYTES
}
