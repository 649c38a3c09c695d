import { describe, expect, test } from "vitest"
import { apply, applySync, emptyThread, type ThreadState } from "../apply"
import type { MessageView } from "../contract"
import type { AnyEvent } from "../pipe"
import { casesOf, type Screen, type SideName, type Transcript, type View } from "./transcripts"

declare global {
  interface ImportMeta {
    glob<T>(pattern: string, options: { eager: true; import: "default" }): Record<string, T>
  }
}

const transcripts = import.meta.glob<Transcript>("./transcripts/*.json", { eager: true, import: "default" })
const cases = casesOf(transcripts, ["visitor", "agent"])

/** What a message brings with it, so that no conversation.changed needs to follow each one. */
const TOLD_BY_MESSAGES = ["seq", "rev", "preview", "last_message_at", "waiting_since", "unread_count"]
/** Kept beside the conversation, where events of their own move them on. */
const KEPT_APART = ["marks"]

function replay(side: SideName, id: string, before: Screen | null, events: AnyEvent[]): ThreadState<View> {
  const start = emptyThread<View>(side, id)
  return events.reduce((state, event) => apply(state, event, 0), before ? applySync(start, before) : start)
}

/** The view less these fields. Of a place in the queue only the position counts: how long it may take also follows from who
 * is there, and is told when the queue is next served. */
function without(view: View, names: readonly string[]): object {
  const kept = Object.entries(view).filter(([name]) => !names.includes(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, name === "queue" ? value?.position : value]))
}

/** Whether the last word on the conversation came after the last message. */
function isToldWhole(events: AnyEvent[]): boolean {
  const last = (type: AnyEvent["type"]) => events.map(it => it.type).lastIndexOf(type)
  return last("conversation.changed") > last("message.created")
}

test("there is something to replay", () => {
  expect(cases.length).toBeGreaterThan(70)
})

describe.each(cases)("$story, on the $side's screen", ({ side, id, before, events, after }) => {
  const reached = replay(side, id, before, events)

  test("the messages are those of a fresh client, in its order", () => {
    expect(reached.messages).toEqual(after.messages)
  })

  test("the marks are those of a fresh client", () => {
    expect(reached.marks).toEqual(after.conversation.marks)
  })

  test("the conversation is that of a fresh client", () => {
    const apart = isToldWhole(events) ? KEPT_APART : [...KEPT_APART, ...TOLD_BY_MESSAGES]
    expect(reached.conversation && without(reached.conversation, apart)).toEqual(without(after.conversation, apart))
  })

  test("nothing is missed that would have to be asked for", () => {
    // An agent counts changes without a message too, and asks once whether one was a note; a visitor counts messages only.
    if (side === "visitor") expect(reached).toMatchObject({ needs_sync: false, cursor: after.conversation.seq })
    expect(applySync(reached, { ...after, messages: [] })).toMatchObject({
      needs_sync: false,
      messages: after.messages,
    })
  })

  test("the same events again change nothing", () => {
    const again = events.reduce((state, event) => apply(state, event, 0), reached)
    expect(again.messages).toEqual(reached.messages)
    expect(again.conversation).toEqual(reached.conversation)
    expect(again.marks).toEqual(reached.marks)
  })

  test("each event alone may be lost: a sync makes up for it", () => {
    for (const lost of events.keys()) {
      const state = replay(
        side,
        id,
        before,
        events.filter((_, index) => index !== lost),
      )
      const place = (message: MessageView) => (side === "agent" ? message.rev : message.seq) ?? 0
      const missed = after.messages.filter(message => place(message) > state.cursor)
      const healed = applySync(state, { ...after, messages: missed })
      expect(healed).toMatchObject({ needs_sync: false, messages: after.messages, conversation: after.conversation })
    }
  })
})
