import type { ActivityView } from "@parley/client/contract"
import type { ThreadRow } from "@parley/client/rows"
import type { ChangeItem, LogEntry, LogItem } from "../conversation"

/** Lines of the conversation that say what a change says, by the changes they may stand for. */
const SAID_BY: Record<string, readonly string[]> = {
  joined: ["claim", "accept"],
  assigned: ["claim", "assign", "transfer", "take_over", "route", "accept", "undo"],
  unassigned: ["assign", "transfer", "pull_back", "return", "undo"],
  left: ["return"],
  missed: ["lapse"],
  declined: ["decline"],
  transferred: ["transfer"],
  snoozed: ["snooze"],
  resolved: ["resolve", "close", "undo"],
  reopened: ["reopen", "undo"],
  ended_by_contact: ["end"],
  escalated: ["escalate"],
  escalation_reason: ["escalate"],
  deescalated: ["deescalate"],
  ticket_opened: ["ticket.open"],
  ticket_changed: ["ticket.update"],
  email_asked: ["contact.ask_email"],
  escalation_approved: ["escalation.approve"],
  escalation_declined: ["escalation.decline"],
  solution_review: ["solution.hand_in"],
  solution_returned: ["solution.return"],
  solution_proposed: ["solution.propose"],
  solution_withdrawn: ["solution.withdraw"],
  solution_approved: ["solution.approve"],
  solution_silent: ["solution.approve"],
  solution_rejected: ["solution.reject"],
  link_added: ["ticket.link"],
  link_removed: ["ticket.unlink"],
  split: ["ticket.split"],
  split_from: ["ticket.split_from"],
  merged: ["ticket.merge"],
  merged_into: ["merge"],
  unmerged: ["ticket.unmerge", "unmerge"],
  follows: ["ticket.follows"],
  followed_up: ["ticket.followed_up"],
}

/** Changes that no line of the conversation says. Any other one is said by a line of the same moment that is not known here. */
const UNSAID: ReadonlySet<string> = new Set([
  ...Object.values(SAID_BY).flat(),
  ...["set_priority", "set_status", "tag", "open", "wake", "offer", "untaken", "apply_rule", "overflow"],
  ...["ticket.propose", "ticket.set_fields", "contact.edit", "contact.update", "sla.warned", "sla.missed"],
])

/** Lines for agents alone that say less than the change does. */
const REPLACED: ReadonlySet<string> = new Set([
  "assigned",
  "unassigned",
  "left",
  "missed",
  "declined",
  "snoozed",
  "deescalated",
  "ticket_changed",
])

const shortOf = (action: string) => action.replace(/^conversation\./, "")
const dayOf = (at: string) => new Date(at).toDateString()

/** The messages and changes of a conversation in the order in which they happened, each thing said once. Changes that follow each other are one entry. */
export function tracked(items: readonly LogItem[], changes: readonly ActivityView[]): LogEntry[] {
  const entries: LogEntry[] = []
  const kept = items.map(item => said(item, changes)).filter(it => it !== null)
  const saidIds = new Set(kept.map(it => it.said?.id))
  const waiting = changes.filter(it => !saidIds.has(it.id))

  function add(change: ActivityView) {
    const last = entries.at(-1)
    if (last && "changes" in last && dayOf(timeOf(last)) === dayOf(change.at)) {
      entries[entries.length - 1] = { ...last, changes: [...last.changes, change] }
    } else entries.push({ key: change.id, day: null, changes: [change] } satisfies ChangeItem)
  }

  function addUpTo(at: number) {
    while (waiting[0] && Date.parse(waiting[0].at) < at) add(waiting.shift() as ActivityView)
  }

  for (const item of kept) {
    addUpTo(Date.parse(item.row.message.created_at))
    entries.push(item)
  }
  addUpTo(Number.POSITIVE_INFINITY)
  return foldMoves(withDays(entries))
}

const MOVES: ReadonlySet<string | null> = new Set(["assigned", "unassigned", "left", "missed", "declined"])
const isMove = ({ message }: ThreadRow) => message.visibility === "internal" && MOVES.has(message.system)

/** Moves between agents that follow each other are one item, apart from the talk. */
function foldMoves(entries: readonly LogEntry[]): LogEntry[] {
  const folded: LogEntry[] = []
  for (const entry of entries) {
    const last = folded.at(-1)
    if ("changes" in entry || !isMove(entry.row)) folded.push(entry)
    else if (last && !("changes" in last) && !entry.day && isMove(last.row)) {
      folded[folded.length - 1] = { ...last, moves: [...(last.moves ?? [last.row.message]), entry.row.message] }
    } else folded.push(entry)
  }
  return folded
}

/** The item with the change it says; null when the change says it better. */
function said(item: LogItem, changes: readonly ActivityView[]): LogItem | null {
  const { system, created_at } = item.row.message
  if (!system) return item
  const at = Date.parse(created_at)
  const says = (action: string) => SAID_BY[system]?.includes(action) ?? !UNSAID.has(action)
  const change = changes.find(it => Date.parse(it.at) === at && says(shortOf(it.action)))
  if (!change) return item
  return REPLACED.has(system) ? null : { ...item, said: change }
}

const timeOf = (entry: LogEntry) => ("changes" in entry ? (entry.changes[0]?.at ?? "") : entry.row.message.created_at)

/** Each day is named by its first entry, and a change ends the run of messages before it. */
function withDays(entries: readonly LogEntry[]): LogEntry[] {
  return entries.map((entry, index) => {
    const before = entries[index - 1]
    const after = entries[index + 1]
    const at = timeOf(entry)
    const day = !before || dayOf(timeOf(before)) !== dayOf(at) ? at : null
    if ("changes" in entry) return { ...entry, day }
    const isFirst = entry.isFirst || (before !== undefined && "changes" in before)
    const isLast = entry.isLast || (after !== undefined && "changes" in after)
    return { ...entry, day, isFirst, isLast }
  })
}
