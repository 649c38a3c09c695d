import type { ChangeConversations, ConversationView, ManyChanged } from "@parley/client/contract"
import { expect, test } from "vitest"
import { type BulkOptions, createBulk } from "../models/bulk"
import { createConversations } from "../models/conversations"
import type { Notice } from "../models/notices"
import { createPeople } from "../models/people"
import { createUndo } from "../models/undo"
import { at, conversation, ME, me, OTHER } from "./making"
import { settle } from "./travel"

/** The server's part, over the rows this screen holds. */
function working(...rows: ConversationView[]) {
  const conversations = createConversations()
  for (const row of rows) conversations.put(row)
  const asked: ChangeConversations[] = []
  const notices: Notice[] = []
  const refused = new Set<string>()
  const people = createPeople(me())
  async function command(it: ChangeConversations): Promise<ManyChanged> {
    asked.push(it)
    const ids = it.changes.flatMap(change => change.conversation_ids)
    const fine = ids.filter(id => !refused.has(id))
    return {
      ok: true,
      conversations: fine.map(id => ({ ...(conversations.get(id) ?? conversation(id, 0)), rev: 99 })),
      failed: ids.filter(id => refused.has(id)).map(id => ({ conversation_id: id, code: "invalid", detail: "no" })),
    }
  }
  const undo = createUndo(notice => notices.push(notice))
  const bulk = createBulk({
    command: command as unknown as BulkOptions["command"],
    conversations,
    people,
    notify: notice => notices.push(notice),
    undo,
  })
  return { bulk, undo, conversations, asked, notices, refused }
}

test("many are resolved at once with one request, and go back with one, each to where it was", async () => {
  const rows = [
    conversation("a", 1),
    conversation("b", 2),
    conversation("c", 3, { status: "responded", category: "waiting" }),
    conversation("d", 4, { category: "waiting", status: "snoozed", snoozed_until: at(60) }),
  ]
  const { bulk, undo, conversations, asked, notices } = working(...rows)
  const done = bulk.toggleResolved(["a", "b", "c", "d"])
  expect(rows.map(row => conversations.get(row.id)?.category)).toEqual(Array(4).fill("resolved"))
  await done
  expect(notices).toMatchObject([{ key: "bulk.done", values: { n: 4 }, act: { key: "action.undo" } }])
  undo.run()
  await settle()
  expect(asked).toEqual([
    {
      type: "conversations.bulk",
      changes: [{ conversation_ids: ["a", "b", "c", "d"], status: "resolved" }],
    },
    {
      type: "conversations.bulk",
      changes: [
        { conversation_ids: ["a", "b"], status: "open" },
        { conversation_ids: ["c"], status: "responded" },
        { conversation_ids: ["d"], snooze_until: at(60) },
      ],
    },
  ])
})

test("what is refused for one is told, and only the others are undone", async () => {
  const { bulk, undo, asked, notices, refused } = working(conversation("a", 1), conversation("b", 2))
  refused.add("b")
  await bulk.snooze(["a", "b"], new Date(at(99)), "later")
  expect(notices[0]).toMatchObject({ key: "bulk.failed", values: { failed: 1, n: 2 }, tone: "failed" })
  undo.run()
  await settle()
  expect(asked[1]?.changes).toEqual([{ conversation_ids: ["a"], status: "open" }])
})

test("undoing a tag takes off only where it was put on", async () => {
  const { bulk, undo, asked } = working(conversation("a", 1, { tags: ["vip"] }), conversation("b", 2))
  await bulk.tag(["a", "b"], ["vip"], [])
  undo.run()
  await settle()
  expect(asked[1]?.changes).toEqual([{ conversation_ids: ["b"], remove_tags: ["vip"] }])
})

test("giving away is undone to whoever had each", async () => {
  const { bulk, undo, asked } = working(conversation("a", 1), conversation("b", 2, { agent_id: null, team_id: "team" }))
  await bulk.assign(["a", "b"], { agent_id: OTHER, team_id: null })
  undo.run()
  await settle()
  expect(asked[1]?.changes).toEqual([
    { conversation_ids: ["a"], moves: true, agent_id: ME, team_id: null, status: "open" },
    { conversation_ids: ["b"], moves: true, agent_id: null, team_id: "team", status: "open" },
  ])
})
