import type { ConversationView, MessageView, VisitorConversationView } from "../contract"
import type { AnyEvent } from "../pipe"

export type View = VisitorConversationView | ConversationView
export type SideName = "visitor" | "agent"

export interface Screen<V = View> {
  conversation: V
  messages: MessageView[]
  is_complete: boolean
}

/** One side of a scene: its screen before, what it hears, and what of its screen is then not as before. */
interface Side {
  before: Screen | null
  events: AnyEvent[]
  after: Screen | { conversation: Partial<View>; messages: MessageView[] } | null
}

/** Written by tests/contract/record.py from the real verbs on a real database. */
export interface Transcript {
  story: string
  conversation_id: string | null
  sides: Record<SideName, Side>
}

/** A conversation on one side's screen, in one scene. */
export interface Case<V = View, E = AnyEvent> {
  story: string
  side: SideName
  id: string
  before: Screen<V> | null
  events: E[]
  after: Screen<V>
}

/** The scenes that show a conversation, once for each of these sides; `V` and `E` are what these sides see and hear. */
export function casesOf<V = View, E = AnyEvent>(
  transcripts: Record<string, Transcript>,
  sides: readonly SideName[],
): Case<V, E>[] {
  return Object.values(transcripts).flatMap(({ story, conversation_id, sides: told }) =>
    sides.flatMap(side => {
      const { before, events } = told[side]
      const after = screenAfter(told[side])
      return conversation_id && after ? [{ story, side, id: conversation_id, before, events, after }] : []
    }),
  ) as Case<V, E>[]
}

function screenAfter({ before, after }: Side): Screen | null {
  if (!before || !after) return after as Screen | null
  const changed = new Map(after.messages.map(message => [message.id, message]))
  const messages = before.messages.map(message => changed.get(message.id) ?? message)
  const held = new Set(before.messages.map(message => message.id))
  const fresh = after.messages.filter(message => !held.has(message.id))
  const conversation = { ...before.conversation, ...after.conversation } as View
  return { ...before, conversation, messages: [...messages, ...fresh] }
}
