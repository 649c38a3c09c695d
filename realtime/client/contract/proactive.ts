// Written by tools/types from app/contract. Change the Structs, not this file.

import type { AuthorView } from "./messages"
import type { Staffing, VisitorKind } from "./values"

/**
 * A first message from us to a visitor. Shown once they have been on the page for `after_seconds`, and then not again
 * for `every_days`; both are 0 for the word of an agent, which is shown at once.
 */
export interface GreetingView {
  id: string
  author: AuthorView
  body: string
  after_seconds: number
  every_days: number
}

/** A message that is shown by rule, and how it has fared. `position` orders them: a visitor sees the first that fits. */
export interface ProactiveMessageView {
  id: string
  inbox_id: string
  name: string
  position: number
  is_on: boolean
  page: string
  locale: string
  visitor: VisitorKind
  staffing: Staffing
  after_seconds: number
  every_days: number
  body: string
  agent_id: string | null
  shown_count: number
  answered_count: number
}

/** Say something first to a visitor who is here. It becomes a conversation when they answer. */
export interface InviteVisitor {
  type: "visitor.invite"
  client_id: string
  contact_id: string
  /** At least 1 characters, at most 500 characters. */
  body: string
}

/** An agent says something to a visitor who has not asked. */
export interface InvitationMade {
  type: "invitation.made"
  greeting: GreetingView
}

/** `POST /api/v1/widget/greetings`: a greeting was shown, or waved away. */
export interface TellGreeting {
  /** At most 512 characters. */
  visitor_token: string
  greeting_id: string
  outcome: "shown" | "dismissed"
}

/** `POST /api/v1/proactive-messages` and `/{id}`: a message and when it is shown. Empty conditions hold for everybody. */
export interface SaveProactiveMessage {
  inbox_id: string
  /** At least 1 characters, at most 200 characters. */
  name: string
  /** At least 1 characters, at most 500 characters. */
  body: string
  is_on?: boolean
  /** At most 500 characters. */
  page?: string
  /** At most 35 characters. */
  locale?: string
  visitor?: VisitorKind
  staffing?: Staffing
  /** From 0, to 3600. */
  after_seconds?: number
  /** From 0, to 365. */
  every_days?: number
  agent_id?: string | null
}

/** `POST /api/v1/proactive-messages/order`: all of an inbox's, first to last. */
export interface OrderProactiveMessages {
  inbox_id: string
  /** At most 200 entries. */
  ids: string[]
}

/** Every proactive message, in order. */
export interface ProactiveMessages {
  messages: ProactiveMessageView[]
  ok: true
}

/** The proactive message after the change. */
export interface ProactiveMessageIs {
  message: ProactiveMessageView
  ok: true
}
