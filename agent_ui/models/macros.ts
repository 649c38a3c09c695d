import type { MacroView, Priority, Visibility } from "@parley/client/contract"
import type { Outbox, OutboxEntry } from "@parley/client/outbox"
import type { Bulk, What } from "./bulk"
import { fill, type Subject } from "./canned"
import type { Undo } from "./undo"

/** A macro taken apart: what is changed, and what is said. */
export interface Plan {
  what: What
  said: { body: string; visibility: Visibility }[]
}

export interface Macros {
  run(macro: MacroView, ids: readonly string[]): Promise<void>
}

export interface MacrosOptions {
  meId: string
  now: () => number
  /** For how long what is said can be taken back. */
  holdMs: number
  bulk: Bulk
  undo: Undo
  outbox: Pick<Outbox, "discard" | "onSent">
  subjectOf(conversationId: string): Subject
  send(conversationId: string, body: string, more: { visibility: Visibility; hold_ms: number }): Promise<OutboxEntry>
}

export function planOf(macro: MacroView, meId: string, now: number): Plan {
  const what: What = {}
  const said: Plan["said"] = []
  for (const { do: kind, value } of macro.steps) {
    if (kind === "status") what.status = value
    else if (kind === "priority") what.priority = value as Priority
    else if (kind === "assign") Object.assign(what, { moves: true }, whom(value, meId))
    else if (kind === "snooze") what.snooze_until = new Date(now + Number(value) * 1000).toISOString()
    else if (kind === "tag") what.add_tags = [...(what.add_tags ?? []), value]
    else if (kind === "untag") what.remove_tags = [...(what.remove_tags ?? []), value]
    else said.push({ body: value, visibility: kind === "note" ? "internal" : "public" })
  }
  return { what, said }
}

/**
 * A named list of actions with one undo. What it says waits out the time in which it can be taken back, and what it
 * changes waits for what it says: nobody is told "resolved" before the answer.
 */
export function createMacros(options: MacrosOptions): Macros {
  const { meId, now, holdMs, bulk, undo, outbox, subjectOf, send } = options
  const awaited = new Map<string, () => void>()
  outbox.onSent(({ client_id }) => {
    const go = awaited.get(client_id)
    awaited.delete(client_id)
    go?.()
  })

  return {
    async run(macro, ids) {
      const { what, said } = planOf(macro, meId, now())
      const done = { key: "done.macro" as const, values: { name: macro.name } }
      const hasChange = Object.keys(what).length > 0
      if (said.length === 0) return void (await bulk.change(ids, what, done))
      const waiting = new Set<string>()
      for (const id of ids) {
        for (const { body, visibility } of said) {
          const entry = await send(id, fill(body, subjectOf(id)), { visibility, hold_ms: holdMs })
          waiting.add(entry.client_id)
        }
      }
      for (const clientId of [...waiting]) {
        awaited.set(clientId, () => {
          waiting.delete(clientId)
          if (waiting.size === 0 && hasChange) void bulk.change(ids, what, done)
        })
      }
      undo.done({
        ...done,
        undo: async () => {
          for (const clientId of waiting) {
            awaited.delete(clientId)
            await outbox.discard(clientId)
          }
          undo.done({ key: "done.undone", undo: null })
        },
      })
    },
  }
}

function whom(value: string, meId: string): Pick<What, "agent_id" | "team_id"> {
  const [kind, id = null] = value.split(":")
  return { agent_id: kind === "me" ? meId : kind === "agent" ? id : null, team_id: kind === "team" ? id : null }
}
