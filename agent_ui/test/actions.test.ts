import type { AgentCommand, ConversationView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { type ActionsOptions, createActions } from "../shared/models/actions"
import { createConversations } from "../shared/models/conversations"
import { createPeople } from "../shared/models/people"
import { createTakeBack } from "../shared/models/take-back"
import { createToasts, type Toast } from "../shared/models/toasts"
import { createUndo } from "../shared/models/undo"
import { conversation, ME, me, OTHER } from "./making"
import { settle, travelClock } from "./travel"

type Change = Partial<ConversationView>

function acting(change: Change = {}) {
  const conversations = createConversations()
  conversations.put(conversation("c", 1, change))
  const asked: AgentCommand[] = []
  const toasts: Toast[] = []
  const clock = travelClock()
  let answer: (command: AgentCommand) => unknown = () => ({ ok: true, conversation: conversations.get("c") })
  const command = async (it: AgentCommand) => {
    asked.push(it)
    return answer(it)
  }
  const shown = createToasts(clock)
  const undo = createUndo(toast => {
    toasts.push(toast)
    shown.notify(toast)
  })
  const given = {
    command: command as unknown as ActionsOptions["command"],
    conversations,
    notify: (toast: Toast) => void toasts.push(toast),
  }
  const actions = createActions({ ...given, people: createPeople(me()), undo, takeBack: createTakeBack(given) })
  return {
    actions,
    undo: undo.run,
    asked,
    toasts,
    clock,
    row: () => conversations.get("c"),
    answers(change: Change) {
      answer = () => ({ ok: true, conversation: conversation("c", 1, { rev: 2, ...change }) })
    },
    refuses(code: string) {
      answer = () => ({ ok: false, code, detail: "no", retry_seconds: null, missed: [] })
    },
    undoes() {
      answer = () => ({ ok: true, conversations: [], failed: [] })
    },
    failsToUndo(code: string) {
      answer = () => ({ ok: true, conversations: [], failed: [{ conversation_id: "c", code, detail: "no" }] })
    },
    breaks() {
      answer = () => {
        throw new Error("offline")
      }
    },
  }
}

test("resolving shows at once, before the server has said anything", () => {
  const { actions, row } = acting()
  void actions.resolve("c")
  expect(row()).toMatchObject({ status: "resolved", category: "resolved" })
})

test("what the server answers is what stays", async () => {
  const { actions, row, answers, toasts } = acting()
  answers({ status: "resolved", category: "resolved", agent_id: OTHER })
  expect(await actions.resolve("c")).toBe(true)
  expect(row()).toMatchObject({ category: "resolved", agent_id: OTHER })
  expect(toasts[0]).toMatchObject({ key: "done.resolved", tone: "done", act: { key: "action.undo" } })
})

test("a refusal takes the change back and says why", async () => {
  const { actions, row, refuses, toasts } = acting({ agent_id: null })
  refuses("conflict")
  expect(await actions.claim("c")).toBe(false)
  expect(row()?.agent_id).toBeNull()
  expect(toasts).toMatchObject([{ key: "error.claimed", tone: "failed" }])
})

test("without a connection nothing is pretended", async () => {
  const { actions, row, breaks, toasts } = acting()
  breaks()
  expect(await actions.setPriority("c", "urgent")).toBe(false)
  expect(row()?.priority).toBe("medium")
  expect(toasts[0]?.key).toBe("error.offline")
})

test("undo asks for what was before, once, and only while its toast stands", async () => {
  const { actions, asked, undo, answers, undoes, clock } = acting({ status: "responded", category: "waiting" })
  answers({ status: "resolved", category: "resolved" })
  await actions.resolve("c")
  undoes()
  undo()
  undo()
  await settle()
  expect(asked.slice(1)).toEqual([{ type: "conversations.undo", conversation_ids: ["c"] }])
  await actions.resolve("c")
  clock.travel(7000)
  undo()
  expect(asked).toHaveLength(3)
})

test("what has changed since is not undone, and says so", async () => {
  const { actions, undo, answers, failsToUndo, toasts, row } = acting({ agent_id: OTHER })
  answers({ agent_id: ME })
  await actions.take("c")
  failsToUndo("conflict")
  undo()
  expect(row()?.agent_id).toBe(OTHER)
  await settle()
  expect(row()?.agent_id).toBe(ME)
  expect(toasts.at(-1)).toMatchObject({ key: "error.not_undone", tone: "failed" })
})

test("one key takes: claims what is free, assigns what a colleague has, leaves what is mine", async () => {
  for (const [holder, type] of [
    [null, "conversation.claim"],
    [OTHER, "conversation.assign"],
    [ME, undefined],
  ] as const) {
    const { actions, asked } = acting({ agent_id: holder })
    await actions.take("c")
    expect(asked[0]?.type).toBe(type)
  }
})

test("the same key resolves what is open and opens what is resolved", async () => {
  const open = acting()
  await open.actions.toggleResolved("c")
  expect(open.asked[0]).toMatchObject({ status: "resolved" })
  const done = acting({ category: "resolved", status: "resolved" })
  await done.actions.toggleResolved("c")
  expect(done.asked[0]).toMatchObject({ status: "open" })
})
