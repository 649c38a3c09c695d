import type { Clock } from "@parley/client/clock"
import type { AgentView } from "@parley/client/contract"
import { type ShallowRef, shallowRef, watch } from "vue"

/** Somebody did something, or only moved the mouse, which answers no question. */
export type Touch = "acted" | "moved"

/** What the agent does in any tab of this browser. */
export interface UserActivity {
  onTouch(told: (touch: Touch, isHere: boolean) => void): () => void
  /** Tell the other tabs. */
  share(touch: Touch): void
  stop(): void
}

export interface IdleOptions {
  clock: Clock
  me: Readonly<ShallowRef<AgentView>>
  activity: UserActivity
  onConnected(told: () => void): () => void
  /** What this browser has noticed. It never changes what the agent chose. */
  tell(isIdle: boolean): void
  /** What the agent chooses when asked. */
  goAway(): void
}

export interface Idle {
  /** For how much longer the agent is asked whether they are still there; null while they are not asked. */
  secondsLeft: Readonly<ShallowRef<number | null>>
  stay(): void
  leave(): void
  stop(): void
}

const ASK_MS = 60_000
const TICK_MS = 1000
const SHARE_MS = 5000
const INSIST_MS = 30_000

/**
 * Asks "still there?" a minute before the agent's own idle time is over, says that nobody is when it is, and that
 * somebody is at the next touch.
 */
export function createIdle({ clock, me, activity, onConnected, tell, goAway }: IdleOptions): Idle {
  const secondsLeft = shallowRef<number | null>(null)
  let touchedAt = clock.now()
  let sharedAt = 0
  let isIdle = false
  let stopWaiting = () => {}

  const idleMs = () => (me.value.idle_seconds ?? 0) * 1000
  const askMs = () => Math.min(ASK_MS, idleMs() / 2)

  function wait(ms: number, act: () => void) {
    stopWaiting()
    stopWaiting = clock.after(ms, act)
  }

  /** From the last touch on, or once more; nothing for who is not available, or never wants to be idle. */
  function begin() {
    stopWaiting()
    secondsLeft.value = null
    if (me.value.presence !== "online" || me.value.idle_seconds === null) return
    if (isIdle) wait(INSIST_MS, insist)
    else wait(Math.max(0, touchedAt + idleMs() - askMs() - clock.now()), look)
  }

  function look() {
    // Touches only leave their time behind, so that each costs nothing.
    if (clock.now() < touchedAt + idleMs() - askMs()) return begin()
    touchedAt = clock.now()
    count()
  }

  function count() {
    const left = touchedAt + askMs() - clock.now()
    if (left <= 0) {
      isIdle = true
      return insist()
    }
    secondsLeft.value = Math.ceil(left / 1000)
    wait(TICK_MS, count)
  }

  /** Said again for as long as another browser has kept the agent available: it may have been closed since. */
  function insist() {
    tell(true)
    begin()
  }

  function onTouch(touch: Touch) {
    touchedAt = clock.now()
    if (isIdle) {
      isIdle = false
      tell(false)
      begin()
    } else if (secondsLeft.value !== null && touch === "acted") begin()
  }

  function touch(kind: Touch) {
    const isNews = isIdle || secondsLeft.value !== null || clock.now() - sharedAt >= SHARE_MS
    onTouch(kind)
    if (!isNews) return
    sharedAt = clock.now()
    activity.share(kind)
  }

  const stops = [
    activity.onTouch((kind, isHere) => (isHere ? touch : onTouch)(kind)),
    onConnected(() => {
      if (isIdle || me.value.is_idle) tell(isIdle)
    }),
    watch([() => me.value.presence, () => me.value.idle_seconds], begin, { immediate: true, flush: "sync" }),
  ]

  return {
    secondsLeft,
    stay: () => touch("acted"),
    leave() {
      touch("acted")
      goAway()
    },
    stop() {
      stopWaiting()
      for (const stop of stops) stop()
      activity.stop()
    },
  }
}
