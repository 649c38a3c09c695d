import { backoff, type Clock, systemClock } from "./clock"
import { createListeners } from "./listeners"
import { type AnyEvent, type Pipe, type PipeHandlers, Unanswered, type Wire } from "./pipe"
import type { Answer, Side } from "./sides"
import { openSocket } from "./socket"

export interface ConnectionState {
  name: "connecting" | "online" | "offline" | "refused"
  /** Why, when refused: "unauthenticated", "contract" ... */
  code: string | null
  via: "websocket" | "http" | null
}

export interface ConnectionOptions {
  /** Such as https://support.example.com */
  origin: string
  namespace: "/visitor" | "/agent"
  /** Read again on every connect. */
  auth: () => object
  /** The bearer token for HTTP; agents have a cookie instead. */
  token?: () => string | null
  clock?: Clock
  WebSocket?: typeof WebSocket
  fetch?: typeof fetch
  random?: () => number
  /** Tells when the network is back or the page is looked at again. */
  onWake?: (wake: () => void) => () => void
}

export interface Connection<S extends Side> {
  state(): ConnectionState
  onState(told: (state: ConnectionState) => void): () => void
  /** A new stream of events has begun: what you look at from here on misses nothing, so sync what you hold. Said with
   * the first `heads`, when the server hears every node for us. */
  onConnected(told: () => void): () => void
  onEvent(told: (event: S["event"]) => void): () => void
  /** Resolves with the reply, refusals included; rejects with `Unanswered` when nobody knows. */
  command<C extends S["command"]>(command: C): Promise<Answer<S, C["type"]>>
  /** Try again now, also after a refusal. */
  retry(): void
  close(): void
}

const SOCKET_TRIES = 2
const SOCKET_AGAIN_MS = 60_000
const SOCKET_AGAIN_SOON_MS = 5_000
const HEADS_MS = 2_000
const PASSING_REFUSALS = new Set(["unavailable", "rate_limited", "internal"])

type Kind = "websocket" | "http"

/** A connection that keeps itself: websocket first, HTTP where that is blocked, back to the websocket when it can. */
export function createConnection<S extends Side>(options: ConnectionOptions): Connection<S> {
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const wire: Wire = {
    origin: options.origin,
    namespace: options.namespace,
    auth: options.auth,
    token: options.token ?? (() => null),
    clock,
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
  }
  const states = createListeners<[ConnectionState]>()
  const connects = createListeners<[]>()
  const events = createListeners<[AnyEvent]>()

  let state: ConnectionState = { name: "connecting", code: null, via: null }
  let pipe: Pipe | null = null
  let spare: Pipe | null = null
  let failures = 0
  let socketFailures = 0
  let hasHadSocket = false
  let notBefore = 0
  let isClosed = false
  let stopRetry = () => {}
  let stopSpare = () => {}
  let isAwaitingHeads = false
  let stopAwaiting = () => {}

  function become(name: ConnectionState["name"], code: string | null = null, via: Kind | null = null): void {
    if (state.name === name && state.code === code && state.via === via) return
    state = { name, code, via }
    states.tell(state)
  }

  function drop(): void {
    stopRetry()
    stopSpare()
    stopAwaiting()
    isAwaitingHeads = false
    pipe?.close()
    spare?.close()
    pipe = spare = null
  }

  function open(kind: Kind, isSpare: boolean): Pipe {
    let isMain = !isSpare
    const handlers: PipeHandlers = {
      online() {
        if (!isMain) {
          isMain = true
          takeOver()
        }
        arrived(kind)
      },
      event: hear,
      refused(code) {
        if (!isMain) spareFailed()
        else if (PASSING_REFUSALS.has(code)) lost(kind, "lost")
        else refuse(code)
      },
      closed: how => (isMain ? lost(kind, how) : spareFailed()),
    }
    return kind === "websocket" ? openSocket(wire, handlers) : openFallback(wire, handlers)
  }

  function takeOver(): void {
    pipe?.close()
    pipe = spare
    spare = null
  }

  function connect(): void {
    stopRetry()
    if (isClosed || pipe) return
    pipe = open(socketFailures < SOCKET_TRIES ? "websocket" : "http", false)
  }

  function arrived(kind: Kind): void {
    failures = 0
    notBefore = 0
    if (kind === "websocket") {
      socketFailures = 0
      hasHadSocket = true
      stopSpare()
    } else trySocketLater()
    become("online", null, kind)
    isAwaitingHeads = true
    stopAwaiting()
    stopAwaiting = clock.after(HEADS_MS, begun)
  }

  function begun(): void {
    if (!isAwaitingHeads) return
    isAwaitingHeads = false
    stopAwaiting()
    connects.tell()
  }

  function trySocketLater(): void {
    if (spare) return
    stopSpare()
    stopSpare = clock.after(hasHadSocket ? SOCKET_AGAIN_SOON_MS : SOCKET_AGAIN_MS, () => {
      spare = open("websocket", true)
    })
  }

  function spareFailed(): void {
    spare = null
    trySocketLater()
  }

  function lost(kind: Kind, how: "unopened" | "too slow" | "lost"): void {
    drop()
    if (kind === "http") socketFailures = SOCKET_TRIES - 1
    else if (how !== "lost") socketFailures += how === "too slow" ? SOCKET_TRIES : 1
    if (state.name === "online" || socketFailures >= SOCKET_TRIES || kind === "http") become("offline")
    const wait = how === "too slow" ? 0 : backoff(failures++, random)
    stopRetry = clock.after(Math.max(wait, notBefore - clock.now()), connect)
  }

  function refuse(code: string): void {
    drop()
    become("refused", code)
  }

  function hear(event: AnyEvent): void {
    if (event.type === "signed_out") refuse("unauthenticated")
    if (event.type === "going_away") moveAway(event.retry_seconds * 1000 * (1 + random() / 4))
    events.tell(event)
    if (event.type === "heads") begun()
  }

  /** The node is about to stop: leave when it said we may come back, or when it closes, whichever is first. */
  function moveAway(ms: number): void {
    notBefore = clock.now() + ms
    const leaving = pipe
    clock.after(ms, () => {
      if (pipe && pipe === leaving) lost(state.via ?? "websocket", "lost")
    })
  }

  function wake(): void {
    pipe?.check()
    if (!pipe && state.name !== "refused") connect()
  }

  const stopWaking = (options.onWake ?? onBrowserWake)(wake)
  connect()

  return {
    state: () => state,
    onState: states.add,
    onConnected: connects.add,
    onEvent: told => events.add(event => told(event as S["event"])),
    command(command) {
      const reply = pipe ? pipe.command(command) : Promise.reject(new Unanswered("offline"))
      return reply as Promise<Answer<S, typeof command.type>>
    },
    retry() {
      if (pipe) return
      become("connecting")
      connect()
    },
    close() {
      isClosed = true
      stopWaking()
      drop()
    },
  }
}

/** Polling is needed by few, so it is fetched when it is. */
function openFallback(wire: Wire, handlers: PipeHandlers): Pipe {
  let inner: Pipe | null = null
  let isClosed = false
  import("./polling").then(
    ({ openPolling }) => {
      if (!isClosed) inner = openPolling(wire, handlers)
    },
    () => {
      if (!isClosed) handlers.closed("unopened")
    },
  )
  return {
    command: command => inner?.command(command) ?? Promise.reject(new Unanswered("offline")),
    check() {},
    close() {
      isClosed = true
      inner?.close()
    },
  }
}

function onBrowserWake(wake: () => void): () => void {
  if (typeof window === "undefined") return () => {}
  const look = () => {
    if (!document.hidden) wake()
  }
  window.addEventListener("online", wake)
  document.addEventListener("visibilitychange", look)
  return () => {
    window.removeEventListener("online", wake)
    document.removeEventListener("visibilitychange", look)
  }
}
