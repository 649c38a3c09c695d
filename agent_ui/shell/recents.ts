import type { KeyAction } from "../models/keys"

const KEY = "parley.recent"
const MOST = 4

/** The commands used last, newest first. */
export function createRecents(storage: Pick<Storage, "getItem" | "setItem">) {
  const list = (): KeyAction[] => (storage.getItem(KEY) ?? "").split(",").filter(Boolean) as KeyAction[]
  return {
    list,
    add(action: KeyAction) {
      storage.setItem(KEY, [action, ...list().filter(it => it !== action)].slice(0, MOST).join(","))
    },
  }
}
