import { describe, expect, test } from "vitest"
import { apply, applyEarlier, applySync, emptyThread, lapse, type ThreadState } from "../apply"
import type { ConversationView, MarksView, VisitorConversationView } from "../contract"
import { CONVERSATION, conversation, message } from "./world"

const NOW = 1_000
const said = (seq: number) => ({ type: "message.created", message: message(seq) }) as const
const note = (rev: number) =>
  ({ type: "message.created", message: message(null, { rev, visibility: "internal" }) }) as const
const reply = (seq: number, rev: number) => ({ type: "message.created", message: message(seq, { rev }) }) as const

function visitor(seq = 0): ThreadState<VisitorConversationView> {
  const messages = Array.from({ length: seq }, (_, i) => message(i + 1))
  return applySync(emptyThread<VisitorConversationView>("visitor", CONVERSATION), {
    conversation: conversation(seq),
    messages,
    is_complete: true,
  })
}

function agentConversation(seq: number, rev: number): ConversationView {
  return { ...conversation(seq), rev, ticket: null } as unknown as ConversationView
}

function agent(): ThreadState<ConversationView> {
  return applySync(emptyThread<ConversationView>("agent", CONVERSATION), {
    conversation: agentConversation(1, 4),
    messages: [message(1, { rev: 2 }), message(null, { rev: 3 })],
    is_complete: true,
  })
}

const seqs = (state: ThreadState<VisitorConversationView>) => state.messages.map(it => it.seq)

describe("what a visitor holds", () => {
  test("a fresh thread asks, a synced one does not", () => {
    expect(emptyThread("visitor", CONVERSATION).needs_sync).toBe(true)
    expect(visitor(2)).toMatchObject({ needs_sync: false, cursor: 2 })
  })

  test("the next message is added and moves the cursor", () => {
    expect(apply(visitor(1), said(2), NOW)).toMatchObject({ cursor: 2, needs_sync: false })
  })

  test("a message seen before changes nothing", () => {
    const state = visitor(2)
    expect(apply(state, said(2), NOW)).toBe(state)
  })

  test("a gap is noticed, the cursor stays before it, and a sync fills it in order", () => {
    const gap = apply(visitor(1), said(4), NOW)
    expect(gap).toMatchObject({ needs_sync: true, cursor: 1 })
    const page = { conversation: conversation(4), messages: [message(2), message(3), message(4)], is_complete: true }
    const whole = applySync(gap, page)
    expect(seqs(whole)).toEqual([1, 2, 3, 4])
    expect(whole).toMatchObject({ needs_sync: false, cursor: 4 })
  })

  test("hints that overtake each other end in order without a sync", () => {
    const state = [said(3), said(2)].reduce((it, event) => apply(it, event, NOW), visitor(1))
    expect(seqs(state)).toEqual([1, 2, 3])
    expect(state.needs_sync).toBe(false)
  })

  test("an incomplete page moves the cursor to its last message and still asks", () => {
    const page = { conversation: conversation(5), messages: [message(1), message(2)], is_complete: false }
    expect(applySync(emptyThread<VisitorConversationView>("visitor", CONVERSATION), page)).toMatchObject({
      cursor: 2,
      needs_sync: true,
    })
  })

  test("a message that arrives during a sync stays, and what is missing before it is still asked for", () => {
    const ahead = apply(visitor(1), said(9), NOW)
    const page = { conversation: conversation(5), messages: [2, 3, 4, 5].map(it => message(it)), is_complete: true }
    expect(applySync(ahead, page)).toMatchObject({ cursor: 5, needs_sync: true })
  })

  test("heads tell what was lost", () => {
    const head = { conversation_id: CONVERSATION, seq: 3, rev: 0, marks: conversation(3).marks }
    expect(apply(visitor(2), { type: "heads", epoch: "e1", heads: [head] }, NOW).needs_sync).toBe(true)
    expect(apply(visitor(3), { type: "heads", epoch: "e1", heads: [head] }, NOW).needs_sync).toBe(false)
  })

  test("a restored server makes everything be asked again", () => {
    const first = apply(visitor(3), { type: "heads", epoch: "e1", heads: [] }, NOW)
    expect(first.messages.length).toBe(3)
    const restored = apply(first, { type: "heads", epoch: "e2", heads: [] }, NOW)
    expect(restored).toMatchObject({ cursor: 0, needs_sync: true, epoch: "e2", messages: [] })
  })

  test("events about other conversations are not ours", () => {
    const state = visitor(1)
    const other = { ...said(2), message: message(2, { conversation_id: "other" }) }
    expect(apply(state, other, NOW)).toBe(state)
  })
})

test("marks never go back", () => {
  const marks = (seq: number): MarksView => ({ ...conversation(0).marks, agent_read_seq: seq })
  const marked = (seq: number) =>
    ({ type: "message.marked", conversation_id: CONVERSATION, marks: marks(seq) }) as const
  const state = [marked(3), marked(1)].reduce((it, event) => apply(it, event, NOW), visitor(3))
  expect(state.marks.agent_read_seq).toBe(3)
})

test("the place in the queue is part of the conversation", () => {
  const queued = {
    type: "conversation.queued",
    conversation_id: CONVERSATION,
    queue: { position: 2, wait_seconds: 90, low_seconds: 30, high_seconds: 180 },
  } as const
  expect(apply(visitor(1), queued, NOW).conversation?.queue?.position).toBe(2)
})

describe("typing", () => {
  const typing = (is: boolean) =>
    ({
      type: "typing.changed",
      conversation_id: CONVERSATION,
      author_kind: "agent",
      author_id: null,
      author_name: "Ana",
      typing: is,
      preview: "",
    }) as const

  test("lapses after 6 s without a repeat", () => {
    const state = apply(visitor(1), typing(true), NOW)
    expect(lapse(state, NOW + 5_999).typing.length).toBe(1)
    expect(lapse(state, NOW + 6_000).typing.length).toBe(0)
  })

  test("ends when said so, and with the message", () => {
    const state = apply(visitor(1), typing(true), NOW)
    expect(apply(state, typing(false), NOW).typing).toEqual([])
    expect(apply(state, said(2), NOW).typing).toEqual([])
  })

  test("a repeat does not make a second writer", () => {
    const state = apply(apply(visitor(1), typing(true), NOW), typing(true), NOW + 3_000)
    expect(state.typing).toEqual([{ kind: "agent", id: null, name: "Ana", preview: "", until: NOW + 9_000 }])
  })
})

describe("what an agent holds", () => {
  test("a complete sync settles everything up to the conversation's rev", () => {
    expect(agent()).toMatchObject({ cursor: 4, needs_sync: false })
  })

  test("notes and replies stand in the order of their rev", () => {
    const state = [reply(2, 6), note(5)].reduce((it, event) => apply(it, event, NOW), agent())
    expect(state.messages.map(it => it.rev)).toEqual([2, 3, 5, 6])
    expect(state).toMatchObject({ cursor: 6, needs_sync: false })
  })

  test("a change without its message is asked for: it may have been a note", () => {
    const changed = { type: "conversation.changed", conversation: agentConversation(1, 5) } as const
    const state = apply(agent(), changed, NOW)
    expect(state.needs_sync).toBe(true)
    expect(apply(state, note(5), NOW).needs_sync).toBe(false)
  })

  test("an older view of the conversation is dropped", () => {
    const newer = apply(agent(), { type: "conversation.changed", conversation: agentConversation(1, 7) }, NOW)
    const older = apply(newer, { type: "conversation.changed", conversation: agentConversation(1, 6) }, NOW)
    expect(older).toBe(newer)
  })
})

test("a snapshot takes the place of what was held, but for what was said after it", () => {
  const held = visitor(3)
  const later = apply(held, { type: "message.created", message: message(502) }, 0)
  const page = {
    conversation: conversation(501),
    messages: [500, 501].map(it => message(it)),
    is_complete: true,
    is_snapshot: true,
    has_earlier: true,
  }
  const next = applySync(later, page)
  expect(next.messages.map(it => it.seq)).toEqual([500, 501, 502])
  expect(next).toMatchObject({ cursor: 502, needs_sync: false, has_earlier: true })
  const back = applyEarlier(next, { messages: [498, 499].map(it => message(it)), has_earlier: false })
  expect(back.messages.map(it => it.seq)).toEqual([498, 499, 500, 501, 502])
  expect(back).toMatchObject({ cursor: 502, needs_sync: false, has_earlier: false })
})
