import type { Connection } from "@parley/client/connection"
import type { AgentCommand, AgentSide, ConversationView, Priority, Refused } from "@parley/client/contract"
import type { Key, Values } from "../words/translate"
import type { Conversations, Patch } from "./conversations"
import { isOpen } from "./order"
import type { People } from "./people"
import { wordsFor } from "./refusals"
import type { TakeBack } from "./take-back"
import type { Notify } from "./toasts"
import type { Undo } from "./undo"

/** Who is to have a conversation; both empty: whoever is next. */
export interface Target {
  agent_id: string | null
  team_id: string | null
}

export interface Actions {
  claim(id: string): Promise<boolean>
  /** Take what is offered. */
  accept(id: string): Promise<boolean>
  /** What is offered goes on to the next agent at once. */
  decline(id: string): Promise<boolean>
  /** Mine, whoever has it now. */
  take(id: string): Promise<boolean>
  assign(id: string, target: Target): Promise<boolean>
  transfer(id: string, target: Target, note: string): Promise<boolean>
  setStatus(id: string, key: string): Promise<boolean>
  /** Resolve what is open, open what is resolved. */
  toggleResolved(id: string): Promise<boolean>
  resolve(id: string): Promise<boolean>
  setPriority(id: string, priority: Priority): Promise<boolean>
  snooze(id: string, until: Date, label: string): Promise<boolean>
  escalate(id: string, level: number, reason: string, approverId: string | null): Promise<boolean>
  /** Take an escalation back. */
  deescalate(id: string): Promise<boolean>
  openTicket(id: string): Promise<boolean>
  /** Change what is named; the rest stays as it is. */
  updateTicket(id: string, change: { title?: string; topic?: string; priority?: Priority }): Promise<boolean>
  /** The visitor's widget asks for an address. */
  askEmail(id: string): Promise<boolean>
}

export interface ActionsOptions {
  command: Connection<AgentSide>["command"]
  conversations: Conversations
  people: People
  notify: Notify
  undo: Undo
  takeBack: TakeBack
  /** Required fields are empty: ask for them, then do it again. */
  onIncomplete?(id: string, retry: () => unknown): void
}

type Asked = Extract<AgentCommand, { conversation_id: string }>

interface Attempt {
  command: Asked
  patch: Patch
  done: Key
  values?: Values
  /** Other words for a conflict than the general ones. */
  conflict?: Key
  /** Another way back than to how it stood; null where there is none. */
  undo?: (() => unknown) | null
}

/** What an agent does to a conversation: shown at once, taken back with the reason when the server refuses. */
export function createActions(options: ActionsOptions): Actions {
  const { command, conversations, people, notify } = options

  async function ask(asked: Asked): Promise<ConversationView | null | Refused> {
    try {
      const reply = await command(asked)
      if (!reply.ok) return reply
      return "conversation" in reply ? reply.conversation : null
    } catch {
      return { ok: false, code: "unavailable", detail: "offline", retry_seconds: null, missed: [] }
    }
  }

  const attempt = (wanted: Attempt) => options.undo.during(tryOnce(wanted))

  /** Whether required fields are empty: then they are asked for. */
  function isIncomplete({ code }: Refused, id: string, retry: () => unknown): boolean {
    if (code !== "incomplete" || !options.onIncomplete) return false
    options.onIncomplete(id, retry)
    return true
  }

  async function tryOnce(wanted: Attempt): Promise<boolean> {
    const { command: asked, patch, done, values, conflict, undo } = wanted
    const before = conversations.get(asked.conversation_id)
    const hide = conversations.patch(asked.conversation_id, patch)
    const answer = await ask(asked)
    if (answer && "ok" in answer) {
      hide()
      if (isIncomplete(answer, asked.conversation_id, () => attempt(wanted))) return false
      const key =
        answer.code === "conflict" && conflict
          ? conflict
          : answer.detail === "offline"
            ? "error.offline"
            : wordsFor(answer.code)
      notify({ key, tone: "failed" })
      return false
    }
    if (answer) conversations.put(answer)
    hide()
    const back = before ? () => options.takeBack([before]) : null
    options.undo.done({ key: done, ...(values ? { values } : {}), undo: undo === undefined ? back : undo })
    return true
  }

  const nameOf = (target: Target) => people.agent(target.agent_id)?.name ?? people.team(target.team_id)?.name ?? ""

  function give(id: string, target: Target): Promise<boolean> {
    const isNobody = target.agent_id === null && target.team_id === null
    return attempt({
      command: { type: "conversation.assign", conversation_id: id, ...target },
      patch: target.team_id ? target : { agent_id: target.agent_id },
      done: isNobody ? "done.unassigned" : "done.assigned",
      values: { name: nameOf(target) },
    })
  }

  function status(id: string, key: string): Promise<boolean> {
    const known = people.status(key)
    const category = known?.category ?? "open"
    const row = conversations.get(id)
    const isReopening = row !== undefined && !isOpen(row) && isOpen({ category })
    return attempt({
      command: { type: "conversation.set_status", conversation_id: id, status: key },
      patch: { status: key, category },
      done: category === "resolved" ? "done.resolved" : isReopening ? "done.reopened" : "done.status",
      values: { status: known?.name ?? key },
    })
  }

  const claim = (id: string) =>
    attempt({
      command: { type: "conversation.claim", conversation_id: id },
      patch: { agent_id: people.meId },
      done: "done.claimed",
      conflict: "error.claimed",
    })

  return {
    claim,
    accept: id =>
      attempt({
        command: { type: "conversation.accept", conversation_id: id },
        patch: { offer_until: null },
        done: "done.accepted",
        conflict: "error.offer_gone",
        undo: null,
      }),
    decline: id =>
      attempt({
        command: { type: "conversation.decline", conversation_id: id },
        patch: { agent_id: null, offer_until: null },
        done: "done.declined",
        conflict: "error.offer_gone",
        // Back to this agent, unless the next one has it by then.
        undo: () => claim(id),
      }),
    async take(id) {
      const holder = conversations.get(id)?.agent_id
      if (holder === people.meId) return true
      return holder ? give(id, { agent_id: people.meId, team_id: null }) : claim(id)
    },
    assign: give,
    transfer: (id, target, note) =>
      attempt({
        command: { type: "conversation.transfer", conversation_id: id, ...target, note },
        patch: target.team_id ? target : { agent_id: target.agent_id },
        done: "done.transferred",
        values: { name: nameOf(target) },
      }),
    setStatus: status,
    resolve: id => status(id, people.firstStatus("resolved", conversations.get(id)?.status)),
    toggleResolved(id) {
      const row = conversations.get(id)
      return status(id, people.firstStatus(row && !isOpen(row) ? "open" : "resolved", row?.status))
    },
    setPriority: (id, to) =>
      attempt({
        command: { type: "conversation.set_priority", conversation_id: id, priority: to },
        patch: { priority: to },
        done: "done.priority",
        values: { priority: to },
      }),
    snooze: (id, until, label) =>
      attempt({
        command: { type: "conversation.snooze", conversation_id: id, until: until.toISOString() },
        patch: { snoozed_until: until.toISOString(), category: "waiting" },
        done: "done.snoozed",
        values: { time: label },
      }),
    escalate: (id, level, reason, approver_id) =>
      attempt({
        command: { type: "conversation.escalate", conversation_id: id, level, reason, approver_id },
        patch: { escalation_level: level },
        done: "done.escalated",
        values: { level },
      }),
    deescalate: id =>
      attempt({
        command: { type: "conversation.deescalate", conversation_id: id },
        patch: { escalation_level: 0 },
        done: "done.deescalated",
      }),
    async updateTicket(id, change) {
      try {
        const reply = await command({ type: "ticket.update", conversation_id: id, ...change })
        if (!reply.ok) {
          notify({ key: wordsFor(reply.code), tone: "failed" })
          return false
        }
        conversations.setTicket(id, reply.ticket)
        notify({ key: "done.ticket_changed", values: { number: reply.ticket.number }, tone: "done" })
        return true
      } catch {
        notify({ key: "error.offline", tone: "failed" })
        return false
      }
    },
    askEmail: id =>
      attempt({
        command: { type: "contact.ask_email", conversation_id: id },
        patch: {},
        done: "done.email_asked",
        conflict: "error.has_email",
      }),
    async openTicket(id) {
      try {
        const reply = await command({ type: "ticket.open", conversation_id: id })
        if (!reply.ok) {
          if (isIncomplete(reply, id, () => this.openTicket(id))) return false
          notify({ key: wordsFor(reply.code), tone: "failed" })
          return false
        }
        conversations.setTicket(id, reply.ticket)
        notify({ key: "done.ticket", values: { number: reply.ticket.number }, tone: "done" })
        return true
      } catch {
        notify({ key: "error.offline", tone: "failed" })
        return false
      }
    },
  }
}
