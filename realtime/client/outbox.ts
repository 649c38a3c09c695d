import { browserLocks, type Locks, openChannel, underLock } from "./browser"
import { backoff, type Clock, systemClock } from "./clock"
import type {
  AgentSendMessage,
  AttachmentView,
  Refused,
  Sent,
  StartConversation,
  Started,
  VisitorSendMessage,
} from "./contract"
import { createListeners } from "./listeners"
import { type AnyCommand, type AnyReply, Unanswered } from "./pipe"
import { browserStore, type OutboxStore } from "./store"

export type Sendable = StartConversation | VisitorSendMessage | AgentSendMessage
/** A message as written: the outbox gives it its client_id. */
export type Draft = Sendable extends infer C ? (C extends Sendable ? Omit<C, "client_id"> : never) : never

/** A message that is not yet known to be on the server. */
export interface OutboxEntry {
  client_id: string
  /** Whose outbox: entries of another account in the same browser are left alone. */
  scope: string
  command: Sendable
  /** For drawing it before the server has answered. */
  attachments: AttachmentView[]
  state: "sending" | "failed"
  /** Why it failed; `missed` holds what a stale reply had not seen. */
  refused: Refused | null
  created_at: number
  /** Not sent before this time, so that it can be taken back. */
  send_at: number
}

export interface OutboxOptions {
  scope: string
  /** The part of a connection that the outbox needs. */
  connection: {
    state(): { name: string }
    onConnected(told: () => void): () => void
    /** Either side's. */
    command(command: never): Promise<unknown>
  }
  /** Entries of one lane are sent strictly one after another. By default all of them. */
  laneOf?: (command: Sendable) => string
  /** What an earlier page left behind and this one is not to send. */
  isStopped?: (entry: OutboxEntry) => boolean
  store?: OutboxStore
  clock?: Clock
  random?: () => number
  newId?: () => string
  /** So that of two tabs only one sends. */
  locks?: Locks | null
  channel?: BroadcastChannel | null
}

export interface Outbox {
  /** Done once what an earlier page left behind has been read. */
  ready: Promise<void>
  entries(): readonly OutboxEntry[]
  subscribe(told: () => void): () => void
  onSent(told: (entry: OutboxEntry, reply: Sent | Started) => void): () => void
  /** Stored first, then shown, then sent. `hold_ms` leaves time to take it back with `discard`. */
  send(draft: Draft, more?: { attachments?: AttachmentView[]; hold_ms?: number }): Promise<OutboxEntry>
  /** Send a failed entry again under the same client_id, for example having seen what was missed. */
  retry(clientId: string, change?: { seen_seq?: number; body?: string }): Promise<void>
  discard(clientId: string): Promise<void>
  close(): void
}

const INTERNAL_TRIES = 3

export function createOutbox(options: OutboxOptions): Outbox {
  const { scope, connection } = options
  const command = connection.command as (command: AnyCommand) => Promise<AnyReply>
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const store = options.store ?? browserStore()
  const newId = options.newId ?? timedId
  const locks = options.locks === undefined ? browserLocks() : options.locks
  const laneOf = options.laneOf ?? (() => "")
  const channel = options.channel === undefined ? openChannel(`parley-outbox:${scope}`) : options.channel
  const changes = createListeners<[]>()
  const sents = createListeners<[OutboxEntry, Sent | Started]>()
  const draining = new Set<string>()
  const holds = new Set<() => void>()
  const waits = new Set<() => void>()
  let entries: OutboxEntry[] = []
  let lastCreatedAt = 0
  let changeCount = 0
  let isClosed = false

  function show(next: OutboxEntry[]): void {
    changeCount += 1
    entries = next.sort((a, b) => a.created_at - b.created_at)
    changes.tell()
  }

  /** Read what all tabs have stored; read again if this one changed something meanwhile. */
  async function refresh(): Promise<void> {
    const before = changeCount
    const stored = await store.all(scope)
    if (changeCount === before) show(stored)
    else await refresh()
  }

  async function keep(entry: OutboxEntry): Promise<void> {
    await store.put(entry)
    show([...entries.filter(it => it.client_id !== entry.client_id), entry])
    channel?.postMessage("changed")
  }

  async function forget(clientId: string): Promise<void> {
    await store.remove(clientId)
    show(entries.filter(it => it.client_id !== clientId))
    channel?.postMessage("changed")
  }

  const isWaiting = (entry: OutboxEntry) => entry.state === "sending" && !options.isStopped?.(entry)

  function kick(): void {
    for (const wake of [...holds]) wake()
    for (const lane of new Set(entries.filter(isWaiting).map(it => laneOf(it.command)))) void drain(lane)
  }

  async function drain(lane: string): Promise<void> {
    if (draining.has(lane) || !canSend()) return
    draining.add(lane)
    try {
      const run = async () => {
        await refresh()
        await drainLocked(lane)
      }
      await underLock(locks, `parley-outbox:${scope}:${lane}`, run)
    } finally {
      draining.delete(lane)
    }
    // Something may have been added after the last look.
    if (canSend() && nextOf(lane)) void drain(lane)
  }

  const canSend = () => !isClosed && connection.state().name === "online"
  const nextOf = (lane: string) => entries.find(it => isWaiting(it) && laneOf(it.command) === lane)

  async function drainLocked(lane: string): Promise<void> {
    let failures = 0
    for (let entry = nextOf(lane); entry && canSend(); entry = nextOf(lane)) {
      if (entry.send_at > clock.now()) {
        await pause(entry.send_at - clock.now(), holds)
        continue
      }
      const wait = await trySend(entry, failures)
      failures = wait === null ? 0 : failures + 1
      if (wait !== null && canSend()) await pause(wait, waits)
    }
  }

  /** How long to wait before the same entry is tried again; null when it is dealt with. */
  async function trySend(entry: OutboxEntry, failures: number): Promise<number | null> {
    const reply = await command(entry.command).catch((error: unknown) => {
      if (error instanceof Unanswered) return null
      throw error
    })
    if (!reply) return backoff(failures, random)
    if (reply.ok) {
      await forget(entry.client_id)
      sents.tell(entry, reply as Sent | Started)
      return null
    }
    if (isPassing(reply, failures))
      return reply.retry_seconds === null ? backoff(failures + 1, random) : reply.retry_seconds * 1000
    await keep({ ...entry, state: "failed", refused: reply })
    return null
  }

  function pause(ms: number, sleepers: Set<() => void>): Promise<void> {
    return new Promise(done => {
      const wake = () => {
        cancel()
        sleepers.delete(wake)
        done()
      }
      const cancel = clock.after(ms, wake)
      sleepers.add(wake)
    })
  }

  const stopConnected = connection.onConnected(() => {
    for (const wake of [...waits]) wake()
    kick()
  })
  if (channel) channel.onmessage = () => void refresh().then(kick)
  const ready = refresh().then(kick)

  return {
    ready,
    entries: () => entries,
    subscribe: changes.add,
    onSent: sents.add,
    async send(draft, more = {}) {
      const clientId = newId()
      lastCreatedAt = Math.max(clock.now(), lastCreatedAt + 0.001)
      const entry: OutboxEntry = {
        client_id: clientId,
        scope,
        command: { ...draft, client_id: clientId } as Sendable,
        attachments: more.attachments ?? [],
        state: "sending",
        refused: null,
        created_at: lastCreatedAt,
        send_at: clock.now() + (more.hold_ms ?? 0),
      }
      await keep(entry)
      kick()
      return entry
    },
    async retry(clientId, change = {}) {
      const entry = entries.find(it => it.client_id === clientId)
      if (!entry) return
      const command = { ...entry.command, ...change } as Sendable
      await keep({ ...entry, command, state: "sending", refused: null, send_at: 0 })
      kick()
    },
    async discard(clientId) {
      await forget(clientId)
      kick()
    },
    close() {
      isClosed = true
      stopConnected()
      channel?.close()
      for (const wake of [...holds, ...waits]) wake()
    },
  }
}

/** In the order of time: a database writes new ones side by side. `crypto.randomUUID` is missing on plain HTTP. */
export function timedId(): string {
  const bytes = [...crypto.getRandomValues(new Uint8Array(10))]
  return Date.now().toString(16).padStart(12, "0") + bytes.map(it => it.toString(16).padStart(2, "0")).join("")
}

/** Refused for now, not for good. */
function isPassing({ code }: Refused, failures: number): boolean {
  if (code === "unavailable" || code === "rate_limited" || code === "unauthenticated") return true
  return code === "internal" && failures + 1 < INTERNAL_TRIES
}
