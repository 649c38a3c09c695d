// Written by tools/types from app/contract. Change the Structs, not this file.

import type { AuthorKind, Channel, SystemCode, Visibility } from "./values"

/** The author of a message. `id` is empty for the system; a contact without a name has an empty name. */
export interface AuthorView {
  kind: AuthorKind
  id: string | null
  name: string
}

/** A file. Fetch `url` with the same credentials as everything else; pixels only for raster images shown inline. */
export interface AttachmentView {
  id: string
  name: string
  content_type: string
  size: number
  width: number | null
  height: number | null
  url: string
}

/**
 * One utterance.
 *
 * `seq` is its place in what both sides see, empty for an internal note. `rev` is the conversation's revision that
 * brought it, shown to agents only. `system` names what happened for messages written by Parley; `body` says it in
 * English for readers who do not know the code, `author.name` says who did it. `whispered` marks a supervisor's own words. `client_id` is the writer's own key.
 */
export interface MessageView {
  id: string
  client_id: string | null
  conversation_id: string
  seq: number | null
  rev: number | null
  author: AuthorView
  visibility: Visibility
  channel: Channel
  system: SystemCode | null
  body: string
  attachments: AttachmentView[]
  created_at: string
}

/**
 * The positions each side has reached: every message with `seq` at most the figure was delivered to, or read by, that
 * side.
 *
 * Authors have read up to their own message; no `message.marked` says so besides.
 */
export interface MarksView {
  contact_delivered_seq: number
  contact_read_seq: number
  agent_delivered_seq: number
  agent_read_seq: number
}

/** The message as stored: durable, ordered, told to everyone who may read it. */
export interface Sent {
  message: MessageView
  ok: true
}

/** A visitor writes. Reopens a resolved conversation. */
export interface VisitorSendMessage {
  type: "message.send"
  client_id: string
  conversation_id: string
  /** At most 10000 characters. */
  body: string
  /** At most 10 entries. */
  attachment_ids?: string[]
}

/** An agent writes. With `seen_seq`, refused as `conflict` if the contact or a colleague has written since. */
export interface AgentSendMessage {
  type: "message.send"
  client_id: string
  conversation_id: string
  /** At most 10000 characters. */
  body: string
  visibility?: Visibility
  /** From 0. */
  seen_seq?: number | null
  /** At most 10 entries. */
  attachment_ids?: string[]
}

/**
 * The writer started or stopped typing. Readers let it lapse after 6 s without a repeat. `preview` is what a visitor
 * has typed so far (the last of it, when it is long); it is passed on only where the inbox says so, and kept nowhere.
 */
export interface SetTyping {
  type: "typing.set"
  conversation_id: string
  typing: boolean
  /** At most 500 characters. */
  preview?: string
}

/** A message was written. Notes reach agents only; visitors are never shown a `rev`. */
export interface MessageCreated {
  type: "message.created"
  message: MessageView
}

/**
 * Somebody started or stopped typing. To visitors `author_id` is empty. Lapses after 6 s. `preview` is what a visitor has
 * typed so far; only agents are told, and only of an inbox with `previews_typing`.
 */
export interface TypingChanged {
  type: "typing.changed"
  conversation_id: string
  author_kind: string
  author_id: string | null
  author_name: string
  typing: boolean
  preview: string
}

/** A file, ready to be named in a message. */
export interface Uploaded {
  attachment: AttachmentView
  ok: true
}
