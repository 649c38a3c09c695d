import type { MacroView, Priority, Visibility } from "@parley/client/contract"
import type { What } from "./bulk"
import { fill } from "./canned"
import type { Desk } from "./desk"
import { HOLD_MS } from "./undo"

export type MacroDesk = Pick<
  Desk,
  "people" | "clock" | "bulk" | "undo" | "outbox" | "pledges" | "conversations" | "threads"
>

/** A macro taken apart: what is changed, and what is said. */
export interface Plan {
  what: What
  said: { body: string; visibility: Visibility }[]
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
export async function runMacro(desk: MacroDesk, macro: MacroView, ids: readonly string[]): Promise<void> {
  const { people, clock, bulk, undo, outbox, pledges, conversations, threads } = desk
  const { what, said } = planOf(macro, people.meId, clock.now())
  const done = { key: "done.macro" as const, values: { name: macro.name } }
  if (said.length === 0) return void (await bulk.change(ids, what, done))
  const clientIds: string[] = []
  for (const id of ids) {
    const subject = { conversation: conversations.get(id) ?? null, agentName: people.me.value.name }
    for (const { body, visibility } of said) {
      const entry = await threads.open(id).send(fill(body, subject), { visibility, hold_ms: HOLD_MS })
      clientIds.push(entry.client_id)
    }
  }
  if (Object.keys(what).length > 0) pledges.make({ clientIds, conversationIds: ids, what, done })
  undo.done({
    ...done,
    isTimed: true,
    undo: async () => {
      for (const clientId of clientIds) await outbox.discard(clientId)
      undo.done({ key: "done.undone", undo: null })
    },
  })
}

function whom(value: string, meId: string): Pick<What, "agent_id" | "team_id"> {
  const [kind, id = null] = value.split(":")
  return { agent_id: kind === "me" ? meId : kind === "agent" ? id : null, team_id: kind === "team" ? id : null }
}
