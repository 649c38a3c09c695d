import type { Connection } from "@parley/client/connection"
import type { AgentSide, Change, ConversationView, ManyChanged, Priority } from "@parley/client/contract"
import type { Key, Values } from "../words/translate"
import type { Target } from "./actions"
import type { Conversations, Patch } from "./conversations"
import { isOpen } from "./order"
import type { People } from "./people"
import { wordsFor } from "./refusals"
import type { TakeBack } from "./take-back"
import type { Notify } from "./toasts"
import type { Undo } from "./undo"

/** What to do with conversations, whichever they are. */
export type What = Omit<Change, "conversation_ids">

/** What to say of it when it is done. */
export interface Done {
  key: Key
  values?: Values
}

export interface Bulk {
  /** One request for all of them, one undo for all of it. */
  change(ids: readonly string[], what: What, done: Done): Promise<boolean>
  /** Resolve them; if all are resolved, open them. */
  toggleResolved(ids: readonly string[]): Promise<boolean>
  assign(ids: readonly string[], target: Target): Promise<boolean>
  snooze(ids: readonly string[], until: Date, label: string): Promise<boolean>
  setPriority(ids: readonly string[], priority: Priority): Promise<boolean>
  setTopic(ids: readonly string[], topic: string): Promise<boolean>
  tag(ids: readonly string[], add: readonly string[], remove: readonly string[]): Promise<boolean>
}

export interface BulkOptions {
  command: Connection<AgentSide>["command"]
  conversations: Conversations
  people: People
  notify: Notify
  undo: Undo
  takeBack: TakeBack
  /** Required fields of the only one are empty: ask for them, then do it again. */
  onIncomplete?(id: string, retry: () => unknown): void
}

export const MOST = 200

/** Several conversations changed together: shown at once, taken back where the server refuses. */
export function createBulk({
  command,
  conversations,
  people,
  notify,
  undo,
  takeBack,
  onIncomplete,
}: BulkOptions): Bulk {
  function patchOf(row: ConversationView, what: What): Patch {
    const status = what.status ? people.status(what.status) : undefined
    const isGone = (tag: string) => what.remove_tags?.includes(tag) ?? false
    return {
      ...(status ? { status: status.key, category: status.category } : {}),
      ...(what.snooze_until ? { snoozed_until: what.snooze_until, category: "waiting" as const } : {}),
      ...(what.priority ? { priority: what.priority } : {}),
      ...(what.moves ? { agent_id: what.agent_id ?? null, team_id: what.team_id ?? row.team_id } : {}),
      ...(what.add_tags || what.remove_tags
        ? { tags: [...new Set([...row.tags, ...(what.add_tags ?? [])])].filter(tag => !isGone(tag)) }
        : {}),
    }
  }

  async function send(changes: Change[]): Promise<ManyChanged | Key> {
    try {
      const reply = await command({ type: "conversations.bulk", changes })
      return reply.ok ? reply : wordsFor(reply.code)
    } catch {
      return "error.offline"
    }
  }

  /** Returns the ids that were changed, or null when nothing was. */
  async function apply(changes: Change[], retry?: () => unknown): Promise<ReadonlySet<string> | null> {
    const hide = changes.flatMap(({ conversation_ids, ...what }) =>
      conversation_ids.flatMap(id => {
        const row = conversations.get(id)
        return row ? [conversations.patch(id, patchOf(row, what))] : []
      }),
    )
    const answer = await send(changes)
    if (typeof answer !== "string") for (const row of answer.conversations) conversations.put(row)
    for (const show of hide) show()
    if (typeof answer === "string") {
      notify({ key: answer, tone: "failed" })
      return null
    }
    const { conversations: changed, failed } = answer
    const [only] = failed
    if (only?.code === "incomplete" && changed.length + failed.length === 1 && retry && onIncomplete) {
      onIncomplete(only.conversation_id, retry)
      return null
    }
    if (failed.length > 0) {
      const key = changed.length > 0 ? "bulk.failed" : wordsFor(failed[0]?.code ?? "invalid")
      notify({ key, values: { failed: failed.length, total: changed.length + failed.length }, tone: "failed" })
    }
    return changed.length > 0 ? new Set(changed.map(row => row.id)) : null
  }

  const change: Bulk["change"] = (ids, what, done) => undo.during(changeOnce(ids, what, done))

  async function changeOnce(ids: readonly string[], what: What, done: Done): Promise<boolean> {
    const these = ids.slice(0, MOST)
    if (these.length === 0) return false
    const before = new Map(these.map(id => [id, conversations.get(id)]))
    const changed = await apply([{ conversation_ids: [...these], ...what }], () => change(ids, what, done))
    if (!changed) return false
    const rows = [...before.values()].filter(row => row !== undefined && changed.has(row.id)) as ConversationView[]
    undo.done({
      ...(changed.size > 1 ? { key: "bulk.done" as const, count: changed.size } : done),
      undo: rows.length > 0 ? () => takeBack(rows) : null,
    })
    return true
  }

  return {
    change,
    toggleResolved(ids) {
      const rows = ids.map(conversations.get)
      const areDone = rows.every(row => row !== undefined && !isOpen(row))
      return change(
        ids,
        { status: people.firstStatus(areDone ? "open" : "resolved") },
        { key: areDone ? "done.reopened" : "done.resolved" },
      )
    },
    assign(ids, target) {
      const name = people.agent(target.agent_id)?.name ?? people.team(target.team_id)?.name
      const done = name ? { key: "done.assigned" as const, values: { name } } : { key: "done.unassigned" as const }
      return change(ids, { moves: true, ...target }, done)
    },
    snooze: (ids, until, label) =>
      change(ids, { snooze_until: until.toISOString() }, { key: "done.snoozed", values: { time: label } }),
    setPriority: (ids, priority) => change(ids, { priority }, { key: "done.priority", values: { priority } }),
    setTopic: (ids, topic) => change(ids, { topic }, { key: "done.topic", values: { topic } }),
    tag(ids, add, remove) {
      const key = add.length > 0 ? "done.tagged" : "done.untagged"
      const tags = [...add, ...remove].join(", ")
      const what = {
        ...(add.length ? { add_tags: [...add] } : {}),
        ...(remove.length ? { remove_tags: [...remove] } : {}),
      }
      return change(ids, what, { key, values: { tags } })
    },
  }
}
