import { type Clock, sleep } from "@parley/client/clock"
import { type ShallowRef, shallowRef } from "vue"

/** `gone`: only another page can have it. */
export type ModuleTrouble = "waiting" | "gone"

export interface LazyModules {
  /** Why something that somebody wants is not on the screen. */
  trouble: Readonly<ShallowRef<ModuleTrouble | null>>
  /** A part of the program, as soon as it can be had, however long that takes. */
  fetch<T>(load: () => Promise<T>): Promise<T>
  /** Ask now for what is waited for. */
  retry(): void
}

const FIRST_MS = 1_000
const MOST_MS = 15_000

/** What of the program is fetched when it is wanted: asked for again until it is there. */
export function createLazyModules(clock: Clock, isGone: () => boolean): LazyModules {
  const trouble = shallowRef<ModuleTrouble | null>(null)
  const waiting = new Set<() => void>()

  function look() {
    trouble.value = waiting.size === 0 ? null : isGone() ? "gone" : "waiting"
  }

  /** Ends with its time, or when somebody asks to go on. */
  async function pause(ms: number) {
    let goOn = () => {}
    const asked = new Promise<void>(done => {
      goOn = done
    })
    waiting.add(goOn)
    look()
    await Promise.race([asked, sleep(clock, ms)])
    waiting.delete(goOn)
  }

  return {
    trouble,
    async fetch(load) {
      for (let ms = FIRST_MS; ; ms = Math.min(ms * 2, MOST_MS)) {
        try {
          const part = await load()
          look()
          return part
        } catch {
          await pause(ms)
        }
      }
    },
    retry() {
      for (const goOn of waiting) goOn()
    },
  }
}
