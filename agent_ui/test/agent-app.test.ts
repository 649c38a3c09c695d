import type { AgentCommand, AgentEvent, Me, QueueWallView } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import type { Outbox, OutboxEntry } from "@parley/client/outbox"
import { expect, test } from "vitest"
import { createConversationModel } from "../conversation/model"
import { createInboxModel } from "../inbox/model"
import { type AgentAppOptions, createAgentApp } from "../shared/models/agent-app"
import type { Toast } from "../shared/models/toasts"
import { createWallModel } from "../wall/model"
import { fakeApi } from "./fake-api"
import { at, conversation, ME, me, message, NO_MARKS, OTHER } from "./making"
import { memoryStorage } from "./memory-storage"
import { settle, travelClock } from "./travel"

async function working() {
  const lists = fakeApi([conversation("mine", 1), conversation("theirs", 2, { agent_id: OTHER })])
  const api = { ...lists, get: async <T>(path: string) => (path === "/me" ? (me() as Me as T) : lists.get<T>(path)) }
  const clock = travelClock()
  const said: AgentCommand[] = []
  const toasts: Toast[] = []
  const rung: string[] = []
  const events = createListeners<[AgentEvent]>()
  const connected = createListeners<[]>()
  const told = {
    event: events.tell,
    connected: connected.tell,
    sent: (_: OutboxEntry) => {},
  }
  const connection = {
    state: () => ({ name: "online", code: null, via: "websocket" }),
    onState: () => () => {},
    onConnected: connected.add,
    onEvent: events.add,
    command: async (command: AgentCommand) => {
      said.push(command)
      if (command.type === "conversations.bulk") return { ok: true, conversations: [], failed: [] }
      return { ok: true, conversation: conversation("new", 9, { agent_id: ME, rev: 4 }) }
    },
    retry: () => {},
    close: () => {},
  }
  const outbox = {
    ready: Promise.resolve(),
    entries: () => [],
    subscribe: () => () => {},
    onSent: (tell: (entry: OutboxEntry) => void) => {
      told.sent = tell
      return () => {}
    },
    close: () => {},
  }
  const core = createAgentApp({
    me: me(),
    api,
    connection: connection as unknown as AgentAppOptions["connection"],
    clock,
    storage: memoryStorage(),
    doors: {
      outbox: outbox as unknown as Outbox,
      lastWord: () => {},
      around: {
        isHidden: () => false,
        isFirstToRing: async key => {
          rung.push(key)
          return true
        },
        beep: () => {},
        setTitle: () => {},
        setBadge: () => {},
        canNotify: () => false,
        askToNotify: async () => false,
        notify: () => {},
      },
      upload: () => {
        throw new Error("not used")
      },
      words: { visitor: () => "Visitor", offered: () => "For you", escalated: () => "Escalated" },
      maxFileBytes: 10_000_000,
    },
    notify: toast => toasts.push(toast),
    open: () => {},
  })
  const app = {
    ...core,
    ...core.model(createConversationModel),
    ...core.model(createInboxModel),
    wall: core.model(createWallModel),
  }
  await settle()
  for (const row of lists.held) app.conversations.put(row, false)
  const types = () => said.map(command => command.type)
  return { app, lists, clock, said, types, toasts, rung, told }
}

test("a contact's message in my conversation rings, moves the row and is confirmed as delivered", async () => {
  const { app, told, rung, said } = await working()
  told.event({ type: "message.created", message: message("mine", 2) })
  expect(app.conversations.get("mine")?.unread_count).toBe(1)
  expect(rung).toEqual(["mine-2"])
  expect(said).toEqual([{ type: "conversation.delivered", conversation_id: "mine", seq: 2 }])
})

test("a message in a colleague's conversation is silent", async () => {
  const { told, rung, said } = await working()
  told.event({ type: "message.created", message: message("theirs", 2) })
  expect([rung, said]).toEqual([[], []])
})

test("a colleague's note in my conversation rings and can be opened, one in theirs is silent", async () => {
  const { told, toasts, rung } = await working()
  const note = { author: { kind: "agent", id: OTHER, name: "Other" }, visibility: "internal", seq: null } as const
  told.event({ type: "message.created", message: message("theirs", 2, { ...note, rev: 2 }) })
  expect(toasts).toEqual([])
  told.event({ type: "message.created", message: message("mine", 2, { ...note, rev: 2 }) })
  expect(toasts).toMatchObject([{ key: "done.noted", values: { name: "Other" }, act: { key: "done.open" } }])
  expect(rung).toEqual(["mine-2"])
})

test("what is being looked at does not ring", async () => {
  const { app, told, rung } = await working()
  app.view("mine")
  told.event({ type: "message.created", message: message("mine", 2) })
  expect(rung).toEqual([])
})

test("a conversation never heard of is asked for once, however much is said in it", async () => {
  const { app, told, types, clock } = await working()
  for (const seq of [3, 4, 5]) told.event({ type: "message.created", message: message("new", seq) })
  clock.travel(200)
  await settle()
  expect(types()).toEqual(["conversation.sync"])
  expect(app.conversations.get("new")?.rev).toBe(4)
})

test("a head beyond what is held refetches the row, a head at the same place only moves the marks", async () => {
  const { app, told, types, clock } = await working()
  const head = { conversation_id: "mine", seq: 1, rev: 1, marks: { ...NO_MARKS, contact_read_seq: 1 } }
  told.event({ type: "heads", epoch: "1", heads: [head] })
  expect(app.conversations.get("mine")?.marks.contact_read_seq).toBe(1)
  told.event({ type: "heads", epoch: "1", heads: [{ ...head, rev: 3 }] })
  clock.travel(200)
  expect(types()).toEqual(["conversation.sync"])
})

test("coming back fetches lists and counts anew and says again what is looked at", async () => {
  const { app, lists, told, said } = await working()
  told.connected()
  app.view("mine")
  const before = lists.asked.length
  said.length = 0
  lists.held.push(conversation("late", 50))
  told.connected()
  await settle()
  expect(lists.asked.length).toBeGreaterThan(before)
  expect(app.inbox.list.value.rows.value.map(row => row.id)).toEqual(["late", "mine"])
  expect(app.counts.now.value?.mine).toBe(2)
  expect(said).toEqual([
    expect.objectContaining({
      type: "screen.watch",
      lists: [expect.objectContaining({ view: "mine", shelf: "open" })],
    }),
    { type: "conversation.view", conversation_id: "mine" },
  ])
})

test("going from one conversation to the next says one thing, leaving for good says that", async () => {
  const { app, said, clock } = await working()
  app.view("mine")
  app.leave("mine")
  app.view("theirs")
  clock.travel(1000)
  app.leave("theirs")
  clock.travel(1000)
  expect(said.map(command => "conversation_id" in command && command.conversation_id)).toEqual(["mine", "theirs", null])
})

test("send and resolve waits until the message is on the server", async () => {
  const { app, told, types } = await working()
  app.resolveWhenSent("mine", "client-1")
  told.sent({ client_id: "another" } as OutboxEntry)
  expect(types()).toEqual([])
  told.sent({ client_id: "client-1" } as OutboxEntry)
  told.sent({ client_id: "client-1" } as OutboxEntry)
  expect(types()).toEqual(["conversations.bulk"])
})

test("what is new is told in one toast with a way to open it, and goes by itself", async () => {
  const { app, told, toasts } = await working()
  for (const id of ["theirs", "later"]) {
    told.event({ type: "assignment.offered", conversation_id: id, reason: "assigned", until: null })
  }
  expect(toasts).toMatchObject([
    { key: "done.offered", values: { name: "Contact theirs" }, tone: "news", isTimed: true, act: { key: "done.open" } },
  ])
  app.conversations.put(conversation("later", 3))
  expect(toasts.at(-1)).toMatchObject({ key: "done.offered_many", values: { n: 2 }, kind: "offered" })
})

test("what was held before a reload, or a moment ago, is not told as new, but an offer is", async () => {
  const { app, told, toasts, rung, clock } = await working()
  const given = (until: string | null) =>
    told.event({ type: "assignment.offered", conversation_id: "mine", reason: "routed", until })
  given(null)
  app.conversations.put(conversation("mine", 1, { agent_id: null, rev: 2 }))
  given(null)
  expect([toasts, rung]).toEqual([[], []])
  given(at(90))
  expect(toasts).toMatchObject([{ key: "done.offered" }])
  app.conversations.put(conversation("mine", 1, { rev: 3 }))
  app.conversations.put(conversation("mine", 1, { agent_id: null, rev: 4 }))
  clock.travel(130_000)
  given(null)
  expect(toasts).toHaveLength(2)
})

test("an older wall never replaces a newer one", async () => {
  const { app, told } = await working()
  const wall = {
    queues: [],
    stuck: [],
    agents: [],
    csat: { average: null, answered_count: 0, satisfied_count: 0 },
    opened_today: 2,
    resolved_today: 0,
    made_at: at(5),
  }
  told.event({ type: "wall.changed", wall })
  told.event({ type: "wall.changed", wall: { ...wall, opened_today: 1, made_at: at(4) } })
  expect(app.wall.now.value?.opened_today).toBe(2)
})

test("L9: rows that changed replace those of the wall held, and one too old for them is asked for anew", async () => {
  const { app, told, said } = await working()
  const queue = (team_id: string, waiting_count: number) => ({ team_id, waiting_count }) as unknown as QueueWallView
  const csat = { average: null, answered_count: 0, satisfied_count: 0 }
  const figures = { csat, opened_today: 2, resolved_today: 0 }
  const wall = { ...figures, queues: [queue("a", 1), queue("b", 1)], stuck: [], agents: [], made_at: at(5) }
  const rows = { type: "wall.moved" as const, ...figures, agents: [], stuck: null }
  const asked = () => said.filter(it => it.type === "wall.watch").length
  void app.wall.watch()
  told.event({ ...rows, queues: [queue("a", 9)], after: at(3), made_at: at(4) })
  expect(asked(), "the answer is on its way already").toBe(1)
  await settle()
  told.event({ type: "wall.changed", wall })
  told.event({ ...rows, queues: [queue("b", 7)], opened_today: 3, after: at(5), made_at: at(6) })
  expect(app.wall.now.value).toMatchObject({ opened_today: 3, queues: [queue("a", 1), queue("b", 7)], made_at: at(6) })
  const before = asked()
  told.event({ ...rows, queues: [queue("a", 9)], after: at(8), made_at: at(9) })
  expect(app.wall.now.value?.queues[0]).toEqual(queue("a", 1))
  expect(asked()).toBe(before + 1)
})

test("a server restored from a backup is believed, though its revisions are lower", async () => {
  const { app, lists, told } = await working()
  told.event({ type: "heads", epoch: "1", heads: [] })
  told.event({ type: "conversation.changed", conversation: conversation("mine", 1, { agent_id: ME, rev: 9 }) })
  lists.held = [conversation("mine", 1, { agent_id: ME, rev: 3 })]
  told.event({ type: "heads", epoch: "2", heads: [] })
  told.connected()
  await settle()
  expect(app.conversations.get("mine")?.rev).toBe(3)
})
