import type { Clock } from "@parley/client/clock"
import { type ShallowRef, shallowRef } from "vue"
import type { CountKey, Key, Values } from "../i18n/translate"

/** Something to tell the agent in passing. The screen finds the words. */
export interface Notice {
  key: Key | CountKey
  /** How many it is about, for a text with plural forms. */
  count?: number
  values?: Values
  tone: "done" | "failed" | "news"
  /** What the notice's button is called, and what it does. */
  act?: { key: Key; run: () => void }
  /** Takes the place of the notice of the same kind on the screen. */
  kind?: string
  /** It goes when its time is up, even while somebody reads. */
  isTimed?: boolean
  /** It is no longer on the screen. */
  gone?: () => void
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
    const left = shown.value.find(notice => notice.id === id)
    shown.value = shown.value.filter(notice => notice !== left)
    left?.gone?.()
  }

  function expire(id: number) {
    stops.set(
      id,
      clock.after(NOTICE_MS, () => dismiss(id)),
    )
  }

  function hold() {
    for (const { id, isTimed } of shown.value) {
      if (isTimed) continue
      stops.get(id)?.()
      stops.delete(id)
    }
  }

  return {
    shown,
    dismiss,
    hold,
    notify(notice) {
      const id = ++lastId
      const isDone = notice.tone === "done"
      const isSame = (old: Notice) => notice.kind !== undefined && old.kind === notice.kind
      const replaced = shown.value.filter(old => (isDone && old.tone === "done") || isSame(old))
      const others = shown.value.filter(old => !replaced.includes(old))
      // What can be taken back is not crowded out by news.
      const oldest = others.filter(old => old.tone !== "done").slice(0, Math.max(0, others.length - MOST + 1))
      for (const old of [...replaced, ...oldest]) dismiss(old.id)
      shown.value = [...shown.value, { ...notice, id }]
      expire(id)
    },
    release() {
      for (const notice of shown.value) if (!stops.has(notice.id)) expire(notice.id)
    },
    stop() {
      for (const stop of stops.values()) stop()
      stops.clear()
    },
  }
}
