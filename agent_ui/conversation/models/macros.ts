import type { MacroView, Priority, Visibility } from "@parley/client/contract"
import type { AgentApp } from "../../shared/models/agent-app"
import type { What } from "../../shared/models/bulk"
import { HOLD_MS } from "../../shared/models/undo"
import type { ConversationModel } from "../model"
import { type Filled, fill } from "./canned"

export type MacroApp = Pick<AgentApp, "people" | "clock" | "undo" | "conversations" | "notify"> &
  Pick<ConversationModel, "bulk" | "outbox" | "afterSend" | "threads">

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

/** What the texts of a macro come to in one conversation. */
export function saidIn(app: Pick<MacroApp, "people" | "conversations">, plan: Plan, id: string): Filled[] {
  const subject = { conversation: app.conversations.get(id) ?? null, agentName: app.people.me.value.name }
  return plan.said.map(({ body }) => fill(body, subject))
}

/**
 * A named list of actions with one undo. What it says waits out the time in which it can be taken back, and what it
 * changes waits for what it says: nobody is told "resolved" before the answer. A conversation in which a text lacks
 * a value is left alone: nobody would see the gap before the contact does.
 */
export async function runMacro(app: MacroApp, macro: MacroView, all: readonly string[]): Promise<void> {
  const { people, clock, bulk, undo, outbox, afterSend, threads, notify } = app
  const plan = planOf(macro, people.meId, clock.now())
  const { what, said } = plan
  const done = { key: "done.macro" as const, values: { name: macro.name } }
  if (said.length === 0) return void (await bulk.change(all, what, done))
  const texts = new Map(all.map(id => [id, saidIn(app, plan, id)]))
  const missingIn = (id: string) => texts.get(id)?.flatMap(it => it.missing) ?? []
  const ids = all.filter(id => missingIn(id).length === 0)
  const missing = [...new Set(all.flatMap(missingIn))].join(", ")
  if (missing) {
    const values = { name: macro.name, gaps: missing, failed: all.length - ids.length, total: all.length }
    notify({ key: all.length === 1 ? "macro.missing" : "macro.missing_in", values, tone: "failed" })
  }
  if (ids.length === 0) return
  const clientIds: string[] = []
  for (const id of ids) {
    for (const [index, { visibility }] of said.entries()) {
      const text = texts.get(id)?.[index]?.text ?? ""
      const entry = await threads.open(id).send(text, { visibility, hold_ms: HOLD_MS })
      clientIds.push(entry.client_id)
    }
  }
  if (Object.keys(what).length > 0) afterSend.make({ clientIds, conversationIds: ids, what, done })
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
