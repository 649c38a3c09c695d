import type { CountKey, Key, Values } from "../words/translate"
import { type Notify, TOAST_MS } from "./toasts"

/** For how long a message that can be taken back is held: a little longer than its toast stands. */
export const HOLD_MS = TOAST_MS + 400

/** What was done, in words, and how to get back to before. */
export interface UndoableAction {
  key: Key | CountKey
  count?: number
  values?: Values
  undo: (() => unknown) | null
  /** It leaves when its time is up, whoever is reading. */
  isTimed?: boolean
}

export interface Undo {
  /** Say that it is done, with a way back while the toast stands. */
  done(action: UndoableAction): void
  /** It is being done, and will be said: who takes it back before that gets it back as soon as it is. */
  during<T>(doing: Promise<T>): Promise<T>
  /** Take back the last thing that can be. */
  run(): void
}

export function createUndo(notify: Notify): Undo {
  let last: UndoableAction | null = null
  let doing: Promise<unknown> | null = null

  async function run() {
    const before = last
    if (doing) {
      await doing
      if (last === before) return // It came to nothing; what was done before it is not what was meant.
    }
    take(last)
  }

  function take(action: UndoableAction | null) {
    if (last === action) last = null
    void action?.undo?.()
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
    done(action) {
      last = action
      notify({
        key: action.key,
        tone: "done",
        ...(action.count === undefined ? {} : { count: action.count }),
        ...(action.values ? { values: action.values } : {}),
        ...(action.undo ? { act: { key: "action.undo", run: () => take(action) } } : {}),
        ...(action.isTimed ? { isTimed: true } : {}),
        gone() {
          if (last === action) last = null
        },
      })
    },
  }
}
