import type { ActivityView, ChangeView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { sentenceOf } from "../changes/sentence"
import { tracked } from "../changes/track"
import { useChangeWords } from "../changes/words"
import { logItems } from "../conversation/components/log-items"
import { createPeople } from "../shared/models/people"
import { createWords } from "../shared/words/translate"
import { ME, me, row } from "./making"

const at = (time: string) => new Date(`2026-03-02T${time}`).toISOString()

function change(
  action: string,
  time: string,
  changes: ChangeView[] = [],
  more: Partial<ActivityView> = {},
): ActivityView {
  return {
    id: `${action}-${time}`,
    conversation_id: "c",
    at: at(time),
    action,
    actor_kind: "agent",
    actor_id: ME,
    actor_name: "Ana",
    door: "inbox",
    object_kind: null,
    object_id: null,
    agent_id: null,
    team_id: null,
    cause: null,
    changes,
    ...more,
  }
}

const line = (system: "assigned" | "resolved", time: string, visibility: "public" | "internal") =>
  row({
    id: `${system}-${time}`,
    seq: visibility === "public" ? 9 : null,
    system,
    visibility,
    author: { kind: "system", id: null, name: "Ana" },
    created_at: at(time),
  })

const shapeOf = (entries: ReturnType<typeof tracked>) =>
  entries.map(it => ("changes" in it ? it.changes.map(one => one.action) : (it.row.message.system ?? "message")))

test("changes stand between the messages in the order in which they happened", () => {
  const items = logItems([row({ seq: 1, created_at: at("10:00:00") }), row({ seq: 2, created_at: at("10:01:00") })])
  const entries = tracked(items, [
    change("conversation.claim", "10:00:30"),
    change("conversation.set_priority", "10:00:40"),
    change("conversation.tag", "10:02:00"),
  ])
  expect(shapeOf(entries)).toEqual([
    "message",
    ["conversation.claim", "conversation.set_priority"],
    "message",
    ["conversation.tag"],
  ])
  const [first, , second] = entries
  expect(first && !("changes" in first) && first.isLast).toBe(true)
  expect(second && !("changes" in second) && second.isFirst).toBe(true)
})

test("nothing is said twice: a line for agents gives way, a line that the contact reads says it", () => {
  const items = logItems([
    row({ seq: 1, created_at: at("10:00:00") }),
    line("assigned", "10:01:00", "internal"),
    line("resolved", "10:02:00", "public"),
  ])
  const entries = tracked(items, [
    change("conversation.assign", "10:01:00"),
    change("conversation.resolve", "10:02:00"),
  ])
  expect(shapeOf(entries)).toEqual(["message", ["conversation.assign"], "resolved"])
  const last = entries.at(-1)
  expect(last && !("changes" in last) && last.said?.action).toBe("conversation.resolve")
})

test("a line that is not known yet says the change of its moment that is not known either", () => {
  const linked = { ...line("assigned", "10:01:00", "internal"), key: "linked" }
  linked.message = { ...linked.message, system: "queued" }
  const entries = tracked(logItems([linked]), [
    change("conversation.tag", "10:01:00"),
    change("ticket.teleport", "10:01:00"),
    change("ticket.teleport", "10:02:00"),
  ])
  expect(shapeOf(entries)).toEqual(["queued", ["conversation.tag", "ticket.teleport"]])
})

test("a line without a change, as an older version wrote it, stays", () => {
  const items = logItems([line("assigned", "10:01:00", "internal")])
  expect(shapeOf(tracked(items, []))).toEqual(["assigned"])
})

test("each day is named once, by a message or by a change", () => {
  const next = { ...change("conversation.tag", "10:00:00"), at: new Date("2026-03-03T09:00:00").toISOString() }
  const items = logItems([
    row({ seq: 1, created_at: at("10:00:00") }),
    row({ seq: 2, created_at: new Date("2026-03-03T10:00:00").toISOString() }),
  ])
  expect(tracked(items, [next]).map(it => it.day !== null)).toEqual([true, true, false])
})

const movesOf = (entry: ReturnType<typeof tracked>[number] | undefined) =>
  (entry && !("changes" in entry) && entry.moves) || []

test("moves between agents that follow each other are one item, apart from the talk", () => {
  const by = (name: string) => ({ author: { kind: "system" as const, id: null, name } })
  const move = (system: "left" | "assigned", name: string, time: string) =>
    row({ id: `${system}-${time}`, seq: null, visibility: "internal", system, ...by(name), created_at: at(time) })
  const items = tracked(
    logItems([
      row({ seq: 1, created_at: at("10:00:00") }),
      move("assigned", "Ana", "10:00:01"),
      row({ seq: 2, system: "joined", ...by("Ana"), created_at: at("10:00:02") }),
      move("left", "Ana", "10:01:00"),
      move("assigned", "Ben", "10:01:01"),
      move("left", "Ben", "10:02:00"),
      row({ seq: 3, created_at: at("10:03:00") }),
    ]),
    [],
  )
  expect(items.map(item => ("changes" in item ? 0 : (item.moves?.length ?? 1)))).toEqual([1, 1, 1, 3, 1])
  expect(movesOf(items[3]).map(({ system, author }) => `${system} ${author.name}`)).toEqual([
    "left Ana",
    "assigned Ben",
    "left Ben",
  ])
  expect(items.map(item => ("changes" in item ? null : item.row.message.seq))).toEqual([1, null, 2, null, 3])
})

const people = createPeople(me())
const words = useChangeWords.of(createWords(["en"]))
const names: Record<string, string> = { ben: "Ben", desk: "Repairs" }
const say = (activity: ActivityView) =>
  sentenceOf(activity, { words, people, name: id => names[id], contactName: "Nora" })

test.each<[string, ActivityView, string, string[]]>([
  [
    "priority",
    change("conversation.set_priority", "10:00:00", [{ name: "priority", before: "medium", after: "high" }]),
    "Ana changed priority from Medium to High",
    [],
  ],
  [
    "owner",
    change("conversation.assign", "10:00:00", [{ name: "agent_id", before: null, after: "ben" }]),
    "Ana assigned it to Ben",
    [],
  ],
  [
    "team",
    change("conversation.transfer", "10:00:00", [
      { name: "agent_id", before: "ben", after: null },
      { name: "team_id", before: null, after: "desk" },
    ]),
    "Ana transferred it to Repairs",
    [],
  ],
  [
    "queue",
    change("conversation.assign", "10:00:00", [{ name: "agent_id", before: "ben", after: null }]),
    "Ana returned it to the queue",
    [],
  ],
  [
    "tags",
    change("conversation.tag", "10:00:00", [{ name: "tags", before: '["old"]', after: '["vip","lamp"]' }]),
    "Ana changed the tags",
    ["Tags added: vip, lamp", "Tags removed: old"],
  ],
  [
    "contact",
    change("contact.update", "10:00:00", [{ name: "field Plan", before: null, after: "Gold" }], {
      actor_kind: "contact",
      actor_name: "",
    }),
    "Nora changed the contact details",
    ["Plan: Gold"],
  ],
  [
    "clock",
    change("sla.missed", "10:00:00", [{ name: "clock", before: null, after: "first_response" }], {
      actor_kind: "parley",
      actor_name: "",
    }),
    "SLA missed: First response",
    [],
  ],
  [
    "an action of a later version",
    change("conversation.teleport", "10:00:00", [{ name: "planet", before: "Earth", after: "Mars" }]),
    "Ana changed the conversation",
    ["planet: Earth → Mars"],
  ],
])("a change says who did what, from what to what: %s", (_, activity, text, details) => {
  expect(say(activity)).toEqual({ text, details })
})
