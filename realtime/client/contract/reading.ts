// Written by tools/types from app/contract. Change the Structs, not this file.

import type { ConversationView, VisitorConversationView } from "./conversations"
import type { MarksView, MessageView } from "./messages"

/** The position a conversation has reached on the server. `rev` is 0 for visitors. */
export interface HeadView {
  conversation_id: string
  seq: number
  rev: number
  marks: MarksView
}

/**
 * Messages after the asked seq, oldest first. `is_complete` is false when another page follows. A snapshot replaces
 * every message held; `has_earlier` says whether there are messages before it.
 */
export interface VisitorSynced {
  conversation: VisitorConversationView
  messages: MessageView[]
  is_complete: boolean
  is_snapshot: boolean
  has_earlier: boolean
  ok: true
}

/**
 * Messages after the asked rev, oldest first, and the conversation as it is now. A snapshot replaces every message
 * held; `has_earlier` says whether there are messages before it.
 */
export interface AgentSynced {
  conversation: ConversationView
  messages: MessageView[]
  is_complete: boolean
  is_snapshot: boolean
  has_earlier: boolean
  ok: true
}

/** The messages just before those asked about, oldest first, and whether there are more before them. */
export interface EarlierMessages {
  messages: MessageView[]
  has_earlier: boolean
  ok: true
}

/**
 * Ask for what was missed since `after_seq` (0 for everything), oldest first, in pages. With `newest`, a client that
 * missed more than a page is given the newest page instead (`is_snapshot`), and reads back with conversation.earlier.
 */
export interface VisitorSync {
  type: "conversation.sync"
  conversation_id: string
  /** From 0. */
  after_seq: number
  newest?: boolean
}

/**
 * Ask for what changed since `after_rev` (0 for everything), oldest first, in pages. With `newest`, a client that missed
 * more than a page is given the newest page instead (`is_snapshot`), and reads back with conversation.earlier.
 */
export interface AgentSync {
  type: "conversation.sync"
  conversation_id: string
  /** From 0. */
  after_rev: number
  newest?: boolean
}

/** A page of the messages before `before_seq`. */
export interface VisitorEarlier {
  type: "conversation.earlier"
  conversation_id: string
  /** From 0. */
  before_seq: number
}

/** A page of the messages and notes before `before_rev`. */
export interface AgentEarlier {
  type: "conversation.earlier"
  conversation_id: string
  /** From 0. */
  before_rev: number
}

/** Everything up to `seq` was seen on a visible screen. Never goes back. */
export interface ReadConversation {
  type: "conversation.read"
  conversation_id: string
  /** From 0. */
  seq: number
}

/** Everything up to `seq` has arrived in this client, seen or not. Never goes back. */
export interface ConversationDelivered {
  type: "conversation.delivered"
  conversation_id: string
  /** From 0. */
  seq: number
}

/** A side has received or read further. Figures never go back. */
export interface MessageMarked {
  type: "message.marked"
  conversation_id: string
  marks: MarksView
}

/**
 * Sent on connecting and every few seconds: if you are behind, ask with conversation.sync. A new `epoch` means
 * the data was restored from a backup: forget cursors and sync from 0.
 */
export interface Heads {
  type: "heads"
  epoch: string
  heads: HeadView[]
}
