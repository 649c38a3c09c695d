import type { Key, Values } from "../i18n/translate"
import { NOTICE_MS, type Notify } from "./notices"

/** What was done, in words, and how to get back to before. */
export interface Deed {
  key: Key
  values?: Values
  undo: (() => unknown) | null
}

export interface Undo {
  /** Say that it is done, with a way back while the notice stands. */
  done(deed: Deed): void
  /** Take back the last thing that can be. */
  run(): void
}

export function createUndo(notify: Notify, now: () => number): Undo {
  let last: { run: () => unknown; until: number } | null = null

  function run() {
    const taken = last
    last = null
    if (taken && taken.until >= now()) void taken.run()
  }

  return {
    run,
    done({ key, values, undo }) {
      last = undo ? { run: undo, until: now() + NOTICE_MS } : null
      notify({
        key,
        tone: "done",
        ...(values ? { values } : {}),
        ...(undo ? { act: { key: "action.undo", run } } : {}),
      })
    },
  }
}
