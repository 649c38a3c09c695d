import type { ChangeConversations, ConversationView, ManyChanged, UndoConversations } from "@parley/client/contract"
import { expect, test } from "vitest"
import { type BulkOptions, createBulk } from "../shared/models/bulk"
import { createConversations } from "../shared/models/conversations"
import { createPeople } from "../shared/models/people"
import { createTakeBack } from "../shared/models/take-back"
import type { Toast } from "../shared/models/toasts"
import { createUndo } from "../shared/models/undo"
import { at, conversation, me } from "./making"
import { settle } from "./travel"

/** The server's part, over the rows this screen holds. */
function working(...rows: ConversationView[]) {
  const conversations = createConversations()
  for (const row of rows) conversations.put(row)
  const asked: (ChangeConversations | UndoConversations)[] = []
  const toasts: Toast[] = []
  const refused = new Set<string>()
  const people = createPeople(me())
  async function command(it: ChangeConversations | UndoConversations): Promise<ManyChanged> {
    asked.push(it)
    const ids = "changes" in it ? it.changes.flatMap(change => change.conversation_ids) : it.conversation_ids
    const fine = ids.filter(id => !refused.has(id))
    return {
      ok: true,
      conversations: fine.map(id => ({ ...(conversations.get(id) ?? conversation(id, 0)), rev: 99 })),
      failed: ids.filter(id => refused.has(id)).map(id => ({ conversation_id: id, code: "invalid", detail: "no" })),
    }
  }
  const undo = createUndo(toast => toasts.push(toast))
  const given = {
    command: command as unknown as BulkOptions["command"],
    conversations,
    notify: (toast: Toast) => void toasts.push(toast),
  }
  const bulk = createBulk({ ...given, people, undo, takeBack: createTakeBack(given) })
  return { bulk, undo, conversations, asked, toasts, refused }
}

test("many are resolved at once with one request, and go back with one, each to where it was", async () => {
  const rows = [
    conversation("a", 1),
    conversation("b", 2),
    conversation("c", 3, { status: "responded", category: "waiting" }),
    conversation("d", 4, { category: "waiting", status: "snoozed", snoozed_until: at(60) }),
  ]
  const { bulk, undo, conversations, asked, toasts } = working(...rows)
  const done = bulk.toggleResolved(["a", "b", "c", "d"])
  expect(rows.map(row => conversations.get(row.id)?.category)).toEqual(Array(4).fill("resolved"))
  await done
  expect(toasts).toMatchObject([{ key: "bulk.done", count: 4, act: { key: "action.undo" } }])
  undo.run()
  await settle()
  expect(asked).toEqual([
    {
      type: "conversations.bulk",
      changes: [{ conversation_ids: ["a", "b", "c", "d"], status: "resolved" }],
    },
    { type: "conversations.undo", conversation_ids: ["a", "b", "c", "d"] },
  ])
})

test("what is refused for one is told, and only the others are undone", async () => {
  const { bulk, undo, asked, toasts, refused } = working(conversation("a", 1), conversation("b", 2))
  refused.add("b")
  await bulk.snooze(["a", "b"], new Date(at(99)), "later")
  expect(toasts[0]).toMatchObject({ key: "bulk.failed", values: { failed: 1, total: 2 }, tone: "failed" })
  undo.run()
  await settle()
  expect(asked[1]).toEqual({ type: "conversations.undo", conversation_ids: ["a"] })
})
