import type { Clock } from "@parley/client/clock"
import { type ShallowRef, shallowRef } from "vue"
import type { Key, Values } from "../i18n/translate"

/** Something to tell the agent in passing. The screen finds the words. */
export interface Notice {
  key: Key
  values?: Values
  tone: "done" | "failed" | "news"
  /** What the notice's button is called, and what it does. */
  act?: { key: Key; run: () => void }
}

export type Notify = (notice: Notice) => void

export interface ShownNotice extends Notice {
  id: number
}

export interface Notices {
  shown: Readonly<ShallowRef<readonly ShownNotice[]>>
  notify: Notify
  dismiss(id: number): void
  /** Nothing disappears while somebody reads. */
  hold(): void
  release(): void
  stop(): void
}

export const NOTICE_MS = 6000
const MOST = 4

/** Notices on the screen, each for a while. What was done last takes the place of what was done before. */
export function createNotices(clock: Clock): Notices {
  const shown = shallowRef<readonly ShownNotice[]>([])
  const stops = new Map<number, () => void>()
  let lastId = 0

  function dismiss(id: number) {
    stops.get(id)?.()
    stops.delete(id)
    shown.value = shown.value.filter(notice => notice.id !== id)
  }

  function expire(id: number) {
    stops.set(
      id,
      clock.after(NOTICE_MS, () => dismiss(id)),
    )
  }

  function hold() {
    for (const stop of stops.values()) stop()
    stops.clear()
  }

  return {
    shown,
    dismiss,
    hold,
    notify(notice) {
      const id = ++lastId
      const others = shown.value.filter(other => notice.tone !== "done" || other.tone !== "done")
      for (const old of others.slice(0, Math.max(0, others.length - MOST + 1))) dismiss(old.id)
      shown.value = [...others.slice(-MOST + 1), { ...notice, id }]
      expire(id)
    },
    release() {
      for (const notice of shown.value) if (!stops.has(notice.id)) expire(notice.id)
    },
    stop: hold,
  }
}
