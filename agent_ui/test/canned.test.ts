import type { CannedResponseView, MacroView } from "@parley/client/contract"
import { expect, test } from "vitest"
import type { FollowUp } from "../conversation/models/after-send"
import { askedAt, fill, find, gapsLeft, nextGap } from "../conversation/models/canned"
import { type MacroApp, runMacro } from "../conversation/models/macros"
import type { What } from "../shared/models/bulk"
import { createPeople } from "../shared/models/people"
import type { Toast } from "../shared/models/toasts"
import { createUndo, HOLD_MS } from "../shared/models/undo"
import { agent, conversation, ME, me } from "./making"
import { settle, travelClock } from "./travel"

const canned = (shortcut: string, body: string): CannedResponseView => ({
  id: shortcut,
  shortcut,
  body,
  is_shared: false,
})

test.each([
  ["/", 1, ""],
  ["/re", 3, "re"],
  ["Hello /re", 9, "re"],
  ["Hello\n/re", 9, "re"],
  ["and/or", 6, null],
  ["/re fund", 8, null],
  ["https://x", 9, null],
  ["/re", 0, null],
])("after %j at %i the menu is asked for %j", (text, caret, asked) => {
  expect(askedAt(text, caret)).toBe(asked)
})

test("shortcuts that begin like it come before texts that hold it", () => {
  const all = [canned("hi", "A refund is on its way"), canned("refund", "x"), canned("bye", "y")]
  expect(find(all, "ref").map(it => it.shortcut)).toEqual(["refund", "hi"])
  expect(find(all, "").map(it => it.shortcut)).toEqual(["hi", "refund", "bye"])
})

test("variables are filled in, and what is not known becomes a gap", () => {
  const subject = { conversation: conversation("c", 1), agentName: "Ana" }
  const filled = fill("Hi {{contact.name}}, {{ ticket.number }}. {{agent.name}} {{other}}", subject)
  expect(filled.text).toBe("Hi Contact c, [ticket number]. Ana [other]")
  expect(filled.missing).toEqual(["[ticket number]", "[other]"])
})

test("a missing name has words of its own where its author gave some, and is a gap where not", () => {
  const visitor = conversation("c", 1)
  const subject = { conversation: { ...visitor, contact: { ...visitor.contact, name: "" } }, agentName: "Ana" }
  expect(fill("Hello {{contact.name|there}}", subject)).toMatchObject({ text: "Hello there", gaps: [], missing: [] })
  expect(fill("Hello {{contact.name}}, order [number]", subject)).toMatchObject({
    text: "Hello [contact name], order [number]",
    gaps: ["[contact name]", "[number]"],
    missing: ["[contact name]"],
  })
  const named = { conversation: { ...visitor, contact: { ...visitor.contact, name: "Al [x]" } }, agentName: "Ana" }
  expect(fill("Hello {{contact.name|there}}", named)).toMatchObject({ text: "Hello Al [x]", gaps: [] })
})

test("brackets that the agent typed are no gaps", () => {
  expect(gapsLeft("See [1] and [number]", ["[number]"])).toEqual([{ start: 12, end: 20 }])
  expect(gapsLeft("See [1]", [])).toEqual([])
})

test("gaps are gone through in order, round and round", () => {
  const gaps = gapsLeft("Order [number] from [date]", ["[date]", "[number]"])
  expect(nextGap(gaps, 0)).toEqual({ start: 6, end: 14 })
  expect(nextGap(gaps, 14)).toEqual({ start: 20, end: 26 })
  expect(nextGap(gaps, 26)).toEqual({ start: 6, end: 14 })
  expect(nextGap([], 0)).toBeNull()
})

function running(nameOf = (id: string) => `Contact ${id}`) {
  const clock = travelClock()
  const changed: [readonly string[], What][] = []
  const said: [string, string, string, number][] = []
  const discarded: string[] = []
  const toasts: Toast[] = []
  const followUps: FollowUp[] = []
  const undo = createUndo(() => {})
  const send = (id: string) => async (body: string, more: { visibility: string; hold_ms: number }) => {
    said.push([id, body, more.visibility, more.hold_ms])
    return { client_id: `${id}-${said.length}` }
  }
  const app = {
    people: createPeople(me({ agent: agent(ME, { name: "Ana" }) })),
    clock,
    bulk: { change: async (ids: readonly string[], what: What) => changed.push([ids, what]) > 0 },
    undo,
    outbox: { discard: async (id: string) => void discarded.push(id) },
    afterSend: { make: (followUp: FollowUp) => void followUps.push(followUp) },
    conversations: {
      get(id: string) {
        const row = conversation(id, 1)
        return { ...row, contact: { ...row.contact, name: nameOf(id) } }
      },
    },
    notify: (toast: Toast) => void toasts.push(toast),
    threads: { open: (id: string) => ({ send: send(id) }) },
  } as unknown as MacroApp
  return { app, undo, changed, said, discarded, followUps, toasts }
}

const macro = (...steps: MacroView["steps"]): MacroView => ({ id: "m", name: "Refund", is_shared: false, steps })

test("a macro that only changes things does so at once, in one request", async () => {
  const { app, changed } = running()
  const steps = macro(
    { do: "assign", value: "me" },
    { do: "tag", value: "a" },
    { do: "tag", value: "b" },
    { do: "status", value: "resolved" },
  )
  await runMacro(app, steps, ["x", "y"])
  expect(changed).toEqual([
    [["x", "y"], { moves: true, agent_id: ME, team_id: null, add_tags: ["a", "b"], status: "resolved" }],
  ])
})

test("what a macro says waits out its undo, and what it changes waits for what it says", async () => {
  const { app, changed, said, followUps } = running()
  const steps = macro({ do: "reply", value: "Bye {{contact.name}}" }, { do: "status", value: "resolved" })
  await runMacro(app, steps, ["x"])
  expect(said).toEqual([["x", "Bye Contact x", "public", HOLD_MS]])
  expect(changed).toEqual([])
  expect(followUps).toMatchObject([{ clientIds: ["x-1"], conversationIds: ["x"], what: { status: "resolved" } }])
})

test("one undo takes back all that a macro has said", async () => {
  const { app, undo, discarded } = running()
  const steps = macro({ do: "reply", value: "A" }, { do: "note", value: "B" }, { do: "priority", value: "low" })
  await runMacro(app, steps, ["x"])
  undo.run()
  await settle()
  expect(discarded).toEqual(["x-1", "x-2"])
})

test("a macro never sends a gap: where the name is missing nothing is said or changed, and the agent is told", async () => {
  const { app, said, followUps, toasts } = running(id => (id === "x" ? "" : "Bea"))
  const steps = macro({ do: "reply", value: "Bye {{contact.name}}" }, { do: "status", value: "resolved" })
  await runMacro(app, steps, ["x", "y"])
  expect(said.map(([id, body]) => [id, body])).toEqual([["y", "Bye Bea"]])
  expect(followUps).toMatchObject([{ conversationIds: ["y"] }])
  expect(toasts).toMatchObject([{ key: "macro.missing_in", values: { gaps: "[contact name]", failed: 1, total: 2 } }])
  await runMacro(app, steps, ["x"])
  expect(said).toHaveLength(1)
  expect(toasts.at(-1)).toMatchObject({ key: "macro.missing", values: { gaps: "[contact name]" } })
})
