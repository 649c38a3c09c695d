import { backoff, type Clock, systemClock } from "./clock"
import type { Answer, Side } from "./contract"
import { createListeners } from "./listeners"
import { type AnyEvent, type Pipe, type PipeHandlers, Unanswered, type Wire } from "./pipe"
import { openSocket } from "./socket"

export interface ConnectionState {
  /** "connecting" is brief and shows nothing; "reconnecting" has lasted a second; "offline" is the browser's own word. */
  name: "connecting" | "reconnecting" | "online" | "offline" | "refused"
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
  /** The network comes and goes, and the page is looked at again. */
  network?: Network
}

/** What the browser knows of its network. */
export interface Network {
  isOffline(): boolean
  /** `wake` when it is worth trying at once, `lose` when there is no network any more. */
  watch(wake: () => void, lose: () => void): () => void
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

const QUIET_MS = 1_000
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
  const network = options.network ?? browserNetwork
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
  /** Since when there has been no connection. */
  let downSince = clock.now()
  let stopQuiet = () => {}

  function become(name: ConnectionState["name"], code: string | null = null, via: Kind | null = null): void {
    if (state.name === name && state.code === code && state.via === via) return
    stopQuiet()
    state = { name, code, via }
    states.tell(state)
  }

  /** Not connected: silent for a second, then said, and at once when the browser itself is offline. */
  function becomeAway(): void {
    if (state.name === "online") downSince = clock.now()
    const quiet = downSince + QUIET_MS - clock.now()
    if (network.isOffline()) become("offline")
    else if (quiet <= 0 || state.name === "offline") become("reconnecting")
    else {
      become("connecting")
      stopQuiet()
      stopQuiet = clock.after(quiet, becomeAway)
    }
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
    becomeAway()
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
    if (state.name === "offline") becomeAway()
    if (!pipe && state.name !== "refused") connect()
  }

  /** What is left of the line is no line: a new one shows whether there is a way after all, as there is to this machine. */
  function lose(): void {
    if (state.name === "refused") return
    drop()
    becomeAway()
    stopRetry = clock.after(backoff(failures++, random), connect)
  }

  const stopWatching = network.watch(wake, lose)
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
      if (state.name === "refused") become("connecting")
      connect()
    },
    close() {
      isClosed = true
      stopWatching()
      stopQuiet()
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

const browserNetwork: Network = {
  isOffline: () => typeof navigator !== "undefined" && navigator.onLine === false,
  watch(wake, lose) {
    if (typeof window === "undefined") return () => {}
    const look = () => {
      if (!document.hidden) wake()
    }
    window.addEventListener("online", wake)
    window.addEventListener("offline", lose)
    document.addEventListener("visibilitychange", look)
    return () => {
      window.removeEventListener("online", wake)
      window.removeEventListener("offline", lose)
      document.removeEventListener("visibilitychange", look)
    }
  },
}
