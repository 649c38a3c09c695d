import type { CommandId } from "../shared/commands/commands"

const KEY = "parley.recent"
const MOST = 4

/** The commands used last, newest first. */
export function createRecents(storage: Pick<Storage, "getItem" | "setItem">) {
  const list = (): CommandId[] => (storage.getItem(KEY) ?? "").split(",").filter(Boolean) as CommandId[]
  return {
    list,
    add(action: CommandId) {
      storage.setItem(KEY, [action, ...list().filter(it => it !== action)].slice(0, MOST).join(","))
    },
  }
}
