import type { EventPage, Refused } from "./contract"
import {
  type AnyEvent,
  type AnyReply,
  isTooLarge,
  type Pipe,
  type PipeHandlers,
  REPLY_MS,
  refusal,
  Unanswered,
  type Wire,
} from "./pipe"
import { toJson } from "./text"

const POLL_MS = 60_000
const PAUSE_MS = 1_000

/** The same contract over plain HTTP, for networks that let no websocket through. */
export function openPolling(wire: Wire, handlers: PipeHandlers): Pipe {
  const { clock } = wire
  let cursor = ""
  let isClosed = false
  let isOnline = false
  let stopPoll = () => {}

  async function call<R>(path: string, init: RequestInit, patience: number, canStop: boolean): Promise<R> {
    const abort = new AbortController()
    const stopWaiting = clock.after(patience, () => abort.abort())
    if (canStop) stopPoll = () => abort.abort()
    const headers: Record<string, string> = { "Content-Type": "application/json" }
    const token = wire.token()
    if (token) headers.Authorization = `Bearer ${token}`
    if (cursor) headers["Parley-Cursor"] = cursor
    try {
      const response = await wire.fetch(wire.origin + path, { ...init, headers, signal: abort.signal })
      const answer = (await response.json()) as { ok?: unknown }
      if (typeof answer.ok !== "boolean") throw new Unanswered("closed")
      return answer as R
    } catch {
      throw new Unanswered(abort.signal.aborted ? "timeout" : "closed")
    } finally {
      stopWaiting()
    }
  }

  function end(how: "unopened" | "lost" | null): void {
    if (isClosed) return
    isClosed = true
    stopPoll()
    if (how) handlers.closed(how)
  }

  function take(page: EventPage): void {
    cursor = page.cursor
    if (page.is_fresh || !isOnline) {
      isOnline = true
      handlers.online()
    }
    for (const event of page.events as AnyEvent[]) {
      if (!isClosed) handlers.event(event)
    }
  }

  function refuse({ code }: Refused): void {
    end(null)
    handlers.refused(code)
  }

  async function poll(): Promise<void> {
    while (!isClosed) {
      const startedAt = clock.now()
      const page = await call<EventPage | Refused>(
        `/api/v1/events?after=${encodeURIComponent(cursor)}`,
        {},
        isOnline ? POLL_MS : REPLY_MS,
        true,
      )
      if (isClosed) return
      if (!page.ok) return refuse(page)
      take(page)
      // An answer that is empty and immediate must not become a busy loop.
      if (page.events.length === 0 && !page.is_fresh && clock.now() - startedAt < PAUSE_MS) {
        await new Promise<void>(done => clock.after(PAUSE_MS, done))
      }
    }
  }

  poll().catch(() => end(isOnline ? "lost" : "unopened"))

  return {
    command(command) {
      if (!isOnline || isClosed) return Promise.reject(new Unanswered("offline"))
      const body = toJson(command)
      if (isTooLarge(body)) return Promise.resolve(refusal("too_large", "more than 64 kB"))
      return call<AnyReply>("/api/v1/commands", { method: "POST", body }, REPLY_MS, false)
    },
    check() {},
    close: () => end(null),
  }
}
