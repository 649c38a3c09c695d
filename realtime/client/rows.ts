import type { AuthorView, MarksView, MessageView } from "./contract"
import type { OutboxEntry } from "./outbox"

/** How far a message of one's own has come; null for the others' messages and for what the system says. */
export type Progress = "sending" | "failed" | "sent" | "delivered" | "read" | null

/** One line of a thread, ready to be drawn. The key stays the same from "sending" to "read". */
export interface ThreadRow {
  key: string
  message: MessageView
  /** Present while the outbox still holds it. */
  entry: OutboxEntry | null
  progress: Progress
}

/** What the server confirmed, then what is still on its way. Rows that did not change keep their identity. */
export function rowsOf(
  side: "visitor" | "agent",
  messages: readonly MessageView[],
  unsent: readonly OutboxEntry[],
  marks: MarksView,
  me: AuthorView,
  earlier: ReadonlyMap<string, ThreadRow>,
): ThreadRow[] {
  const confirmed = new Set(messages.map(it => it.client_id))
  const waiting = unsent.filter(it => !confirmed.has(it.client_id))
  return [
    ...messages.map(it => reuse(earlier, confirmedRow(side, it, marks))),
    ...waiting.map(it => reuse(earlier, unsentRow(it, me, earlier))),
  ]
}

function reuse(earlier: ReadonlyMap<string, ThreadRow>, row: ThreadRow): ThreadRow {
  const old = earlier.get(row.key)
  const isSame = old && old.message === row.message && old.progress === row.progress && old.entry === row.entry
  return isSame ? old : row
}

function confirmedRow(side: "visitor" | "agent", message: MessageView, marks: MarksView): ThreadRow {
  return { key: message.client_id ?? message.id, message, entry: null, progress: progressOf(side, message, marks) }
}

function progressOf(side: "visitor" | "agent", message: MessageView, marks: MarksView): Progress {
  const { kind } = message.author
  const isOwn = side === "visitor" ? kind === "contact" : kind === "agent" || kind === "bot"
  if (!isOwn || message.system) return null
  if (message.seq === null) return "sent"
  const [delivered, read] =
    side === "visitor"
      ? [marks.agent_delivered_seq, marks.agent_read_seq]
      : [marks.contact_delivered_seq, marks.contact_read_seq]
  return message.seq <= read ? "read" : message.seq <= delivered ? "delivered" : "sent"
}

function unsentRow(entry: OutboxEntry, me: AuthorView, earlier: ReadonlyMap<string, ThreadRow>): ThreadRow {
  const old = earlier.get(entry.client_id)
  const message = old?.entry && old.entry.command === entry.command ? old.message : draw(entry, me)
  return { key: entry.client_id, message, entry, progress: entry.state }
}

function draw({ client_id, command, attachments, created_at }: OutboxEntry, me: AuthorView): MessageView {
  return {
    id: client_id,
    client_id,
    conversation_id: "conversation_id" in command ? command.conversation_id : "",
    seq: null,
    rev: null,
    author: me,
    visibility: ("visibility" in command && command.visibility) || "public",
    channel: "chat",
    system: null,
    body: command.body,
    attachments,
    created_at: new Date(created_at).toISOString(),
  }
}
