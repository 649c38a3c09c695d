import type { CountKey, Key, Values } from "../i18n/translate"
import { NOTICE_MS, type Notify } from "./notices"

/** For how long a message that can be taken back is held: a little longer than its notice stands. */
export const HOLD_MS = NOTICE_MS + 400

/** What was done, in words, and how to get back to before. */
export interface Deed {
  key: Key | CountKey
  count?: number
  values?: Values
  undo: (() => unknown) | null
  /** It leaves when its time is up, whoever is reading. */
  isTimed?: boolean
}

export interface Undo {
  /** Say that it is done, with a way back while the notice stands. */
  done(deed: Deed): void
  /** It is being done, and will be said: who takes it back before that gets it back as soon as it is. */
  during<T>(doing: Promise<T>): Promise<T>
  /** Take back the last thing that can be. */
  run(): void
}

export function createUndo(notify: Notify): Undo {
  let last: Deed | null = null
  let doing: Promise<unknown> | null = null

  async function run() {
    const before = last
    if (doing) {
      await doing
      if (last === before) return // It came to nothing; what was done before it is not what was meant.
    }
    take(last)
  }

  function take(deed: Deed | null) {
    if (last === deed) last = null
    void deed?.undo?.()
  }

  return {
    run: () => void run(),
    during(asked) {
      doing = asked
      const settled = () => {
        if (doing === asked) doing = null
      }
      asked.then(settled, settled)
      return asked
    },
    done(deed) {
      last = deed
      notify({
        key: deed.key,
        tone: "done",
        ...(deed.count === undefined ? {} : { count: deed.count }),
        ...(deed.values ? { values: deed.values } : {}),
        ...(deed.undo ? { act: { key: "action.undo", run: () => take(deed) } } : {}),
        ...(deed.isTimed ? { isTimed: true } : {}),
        gone() {
          if (last === deed) last = null
        },
      })
    },
  }
}
