import type { ActivityView, MessageView } from "@parley/client/contract"
import type { ThreadRow } from "@parley/client/rows"
import { startOfDay } from "../../shared/words/dates"

/** A message's place among its neighbours: the first of a run by one person shows who it is, the last when. */
export interface LogItem {
  row: ThreadRow
  /** The time a new day begins with this item, else empty. */
  day: string | null
  isFirst: boolean
  isLast: boolean
  /** Whether to say how far it has come: only the newest of each step does, or what needs attention. */
  showsProgress: boolean
  /** The moves between agents this item stands for, oldest first, when there are several in a row. */
  moves?: readonly MessageView[]
  /** The change that a line of the system says. */
  said?: ActivityView
}

/** Changes that follow each other, oldest first. */
export interface ChangeItem {
  key: string
  day: string | null
  changes: readonly ActivityView[]
}

export type LogEntry = LogItem | ChangeItem

const RUN_MS = 4 * 60_000

export function logItems(rows: readonly ThreadRow[]): LogItem[] {
  const newest = newestOfEachProgress(rows)
  return rows.map((row, index) => {
    const before = rows[index - 1]
    const after = rows[index + 1]
    const isNewDay = !before || dayOf(before) !== dayOf(row)
    return {
      row,
      day: isNewDay ? row.message.created_at : null,
      isFirst: isNewDay || !isRun(before, row),
      isLast: !after || dayOf(after) !== dayOf(row) || !isRun(row, after),
      showsProgress: row.progress === "failed" || row.progress === "sending" || newest.has(row.key),
    }
  })
}

const dayOf = (row: ThreadRow) => startOfDay(Date.parse(row.message.created_at))

function isRun(a: ThreadRow, b: ThreadRow): boolean {
  const [one, two] = [a.message, b.message]
  return (
    one.system === null &&
    two.system === null &&
    one.author.kind === two.author.kind &&
    one.author.id === two.author.id &&
    one.visibility === two.visibility &&
    Date.parse(two.created_at) - Date.parse(one.created_at) < RUN_MS
  )
}

function newestOfEachProgress(rows: readonly ThreadRow[]): Set<string> {
  const last = new Map<string, string>()
  for (const { key, progress, message } of rows) {
    if (progress && message.visibility === "public") last.set(progress, key)
  }
  const order = rows.map(row => row.key)
  const read = order.indexOf(last.get("read") ?? "")
  const delivered = order.indexOf(last.get("delivered") ?? "")
  const keys = new Set<string>()
  for (const [progress, key] of last) {
    const at = order.indexOf(key)
    // Something further on that has come further says it for this one too.
    if (progress === "sent" && at < Math.max(read, delivered)) continue
    if (progress === "delivered" && at < read) continue
    keys.add(key)
  }
  return keys
}
