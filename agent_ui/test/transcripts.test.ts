import type { AgentEvent, ConversationView } from "@parley/client/contract"
import { describe, expect, test } from "vitest"
import { casesOf, type Screen, type Transcript } from "../../realtime/client/test/transcripts"
import { createConversations } from "../shared/models/conversations"

const transcripts = import.meta.glob<Transcript>("../../realtime/client/test/transcripts/*.json", {
  eager: true,
  import: "default",
})
const cases = casesOf<ConversationView, AgentEvent>(transcripts, ["agent"])

function replay(id: string, before: Screen<ConversationView> | null, events: AgentEvent[]) {
  const conversations = createConversations()
  if (before) conversations.put(before.conversation, false)
  let asked = false
  for (const event of events) {
    if (event.type === "message.created") asked = !conversations.advance(event.message) || asked
    else if (event.type === "conversation.changed") conversations.put(event.conversation)
    else if (event.type === "conversation.moved") conversations.move(event)
    else if (event.type === "message.marked") conversations.mark(event.conversation_id, event.marks)
    else if (event.type === "sla.changed") conversations.setDue(event.conversation_id, event.next_due)
    else if (event.type === "ticket.opened") conversations.setTicket(event.ticket.conversation_id, event.ticket)
  }
  return { row: conversations.get(id), asked }
}

test("there is something to replay", () => {
  expect(cases.length).toBeGreaterThan(35)
})

describe.each(cases)("$story, in a list", ({ id, before, events, after }) => {
  const { row, asked } = replay(id, before, events)

  test("the row is that of a fresh list", () => {
    // Ticks are drawn from the open thread, whose marks are replayed in realtime/client.
    expect({ ...row, marks: null }).toEqual({ ...after.conversation, marks: null })
  })

  test("nothing has to be asked for, unless a change came before its message", () => {
    const isToldWhole = events.some(
      event => event.type === "conversation.changed" || event.type === "conversation.moved",
    )
    expect(asked && !isToldWhole).toBe(false)
  })
})
