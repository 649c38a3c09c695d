import { backoff, type Clock } from "@parley/client/clock"
import type { GreetingView, TellGreeting, TellVisit, VisitTold } from "@parley/client/contract"
import { firstOf } from "@parley/client/text"
import { keepGreeting } from "../models/greeting"
import type { Storage } from "../models/storage"
import { askWithToken, TOKEN } from "../models/token"
import type { PageReport } from "./protocol"

export interface VisitsOptions {
  inboxKey: string
  locale: string
  timezone: string | null
  browser: string
  storage: Storage
  clock: Clock
  random: () => number
  /** Settles with the answer's body, or null when there was none. */
  post: <T>(path: string, body: unknown, signal: AbortSignal) => Promise<T | null>
  isHidden: () => boolean
  draw: (greeting: GreetingView | null) => void
}

export interface Visits {
  onPage(words: PageReport): void
  visibilityChanged(): void
  /** Waved away: not shown again, however often its rule would. */
  dismiss(): void
  /** The visitor wants to answer: the panel takes over what was said. */
  answer(): void
  leave(): void
}

const SINCE = "since"
const DAY_MS = 86_400_000
/** Somebody who was here before this long ago has come back. */
const RETURNING_MS = 30 * 60_000
const seenKey = (id: string) => `greeted:${id}`

/** Says where the visitor is, and shows what they are told. One greeting a page, each as seldom as it asks for. */
export function createVisits(options: VisitsOptions): Visits {
  const { storage, clock, post, draw } = options
  let page: PageReport | null = null
  let running: AbortController | null = null
  let timers: (() => void)[] = []
  let shown: GreetingView | null = null
  let isRefused = false

  const since = Number(storage.get(SINCE)) || clock.now()
  storage.set(SINCE, String(since))
  const isReturning = clock.now() - since > RETURNING_MS

  function stop(): void {
    running?.abort()
    running = null
    for (const cancel of timers) cancel()
    timers = []
  }

  function restart(): void {
    stop()
    if (!page || isRefused || options.isHidden()) return
    running = new AbortController()
    void follow(running.signal)
  }

  const body = (is_waiting: boolean, is_leaving = false): TellVisit => ({
    inbox_key: options.inboxKey,
    visitor_token: storage.get(TOKEN),
    url: firstOf(page?.url ?? "", 2000),
    title: firstOf(page?.title ?? "", 200),
    locale: options.locale,
    timezone: options.timezone,
    browser: firstOf(options.browser, 400),
    is_returning: isReturning,
    is_waiting,
    is_leaving,
  })

  /** First where the visitor is; then, held back by the server, whatever an agent says to them. */
  async function follow(signal: AbortSignal): Promise<void> {
    let isWaiting = false
    for (let failures = 0; !signal.aborted; ) {
      const ask = (token: string | null) =>
        post<VisitTold>("visits", { ...body(isWaiting), visitor_token: token }, signal)
      const told = await askWithToken(storage, options.inboxKey, ask)
      if (signal.aborted) return
      failures = told ? 0 : failures + 1
      if (told) {
        isWaiting = true
        if (told.again_seconds === 0) {
          isRefused = true
          return
        }
        if (told.invitation) show(told.invitation)
        else plan(told.greetings)
      }
      await pause(told ? told.again_seconds * 1000 : backoff(failures, options.random), signal)
    }
  }

  function pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise(done => {
      const cancel = clock.after(ms, done)
      signal.addEventListener("abort", () => {
        cancel()
        done()
      })
    })
  }

  function plan(greetings: readonly GreetingView[]): void {
    for (const greeting of greetings) {
      timers.push(
        clock.after(greeting.after_seconds * 1000, () => {
          if (!shown && mayShow(greeting)) show(greeting)
        }),
      )
    }
  }

  function mayShow({ id, every_days }: GreetingView): boolean {
    const seen = storage.get(seenKey(id))
    if (page?.is_open || seen === "dismissed") return false
    return !seen || (every_days > 0 && clock.now() - Number(seen) >= every_days * DAY_MS)
  }

  function show(greeting: GreetingView): void {
    if (shown?.id === greeting.id || storage.get(seenKey(greeting.id)) === "dismissed") return
    shown = greeting
    storage.set(seenKey(greeting.id), String(clock.now()))
    tell(greeting, "shown")
    if (page?.is_open) handOver(greeting)
    else draw(greeting)
  }

  function tell({ id }: GreetingView, outcome: TellGreeting["outcome"]): void {
    const visitor_token = storage.get(TOKEN)
    if (!visitor_token) return
    const said: TellGreeting = { visitor_token, greeting_id: id, outcome }
    void post("greetings", said, new AbortController().signal)
  }

  const handOver = (greeting: GreetingView) => keepGreeting(storage, greeting)

  return {
    onPage(words) {
      const isNewPage = words.url !== page?.url
      const opens = words.is_open && !page?.is_open
      page = words
      if (opens && shown) {
        handOver(shown)
        draw(null)
      }
      if (isNewPage) {
        if (shown && !opens) draw(null)
        shown = null
        restart()
      }
    },
    visibilityChanged: restart,
    dismiss() {
      if (!shown) return
      storage.set(seenKey(shown.id), "dismissed")
      tell(shown, "dismissed")
      draw(null)
    },
    answer() {
      if (shown) handOver(shown)
      draw(null)
    },
    leave() {
      stop()
      if (page && !isRefused) void post("visits", body(false, true), new AbortController().signal)
    },
  }
}
