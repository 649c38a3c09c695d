import type { Clock } from "@parley/client/clock"
import { type ShallowRef, shallowRef } from "vue"
import type { CountKey, Key, Values } from "../words/translate"

/** Something to tell the agent in passing. The screen finds the words. */
export interface Toast {
  key: Key | CountKey
  /** How many it is about, for a text with plural forms. */
  count?: number
  values?: Values
  tone: "done" | "failed" | "news"
  /** What the toast's button is called, and what it does. */
  act?: { key: Key; run: () => void }
  /** Takes the place of the toast of the same kind on the screen. */
  kind?: string
  /** It goes when its time is up, even while somebody reads. */
  isTimed?: boolean
  /** It is no longer on the screen. */
  gone?: () => void
}

export type Notify = (toast: Toast) => void

export interface ShownToast extends Toast {
  id: number
}

export interface Toasts {
  shown: Readonly<ShallowRef<readonly ShownToast[]>>
  notify: Notify
  dismiss(id: number): void
  /** Nothing disappears while somebody reads. */
  hold(): void
  release(): void
  stop(): void
}

export const TOAST_MS = 6000
const MOST = 4

/** Toasts on the screen, each for a while. What was done last takes the place of what was done before. */
export function createToasts(clock: Clock): Toasts {
  const shown = shallowRef<readonly ShownToast[]>([])
  const stops = new Map<number, () => void>()
  let lastId = 0

  function dismiss(id: number) {
    stops.get(id)?.()
    stops.delete(id)
    const left = shown.value.find(toast => toast.id === id)
    shown.value = shown.value.filter(toast => toast !== left)
    left?.gone?.()
  }

  function expire(id: number) {
    stops.set(
      id,
      clock.after(TOAST_MS, () => dismiss(id)),
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
    notify(toast) {
      const id = ++lastId
      const isDone = toast.tone === "done"
      const isSame = (old: Toast) => toast.kind !== undefined && old.kind === toast.kind
      const replaced = shown.value.filter(old => (isDone && old.tone === "done") || isSame(old))
      const others = shown.value.filter(old => !replaced.includes(old))
      // What can be taken back is not crowded out by news.
      const oldest = others.filter(old => old.tone !== "done").slice(0, Math.max(0, others.length - MOST + 1))
      for (const old of [...replaced, ...oldest]) dismiss(old.id)
      shown.value = [...shown.value, { ...toast, id }]
      expire(id)
    },
    release() {
      for (const toast of shown.value) if (!stops.has(toast.id)) expire(toast.id)
    },
    stop() {
      for (const stop of stops.values()) stop()
      stops.clear()
    },
  }
}
