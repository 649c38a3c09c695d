// Written by tools/types from app/contract. Change the Structs, not this file.

import type { AttachmentView } from "./messages"
import type { Visibility } from "./values"

/** An agent's draft in a conversation, for their eyes alone. Empty once it is sent or given up. */
export interface DraftView {
  conversation_id: string
  visibility: Visibility
  body: string
  attachments: AttachmentView[]
  changed_at: string
}

/** The draft as kept. */
export interface DraftIs {
  draft: DraftView
  ok: true
}

/** Keep what has been written so far, for this agent alone. Without words, files and note mode it is forgotten. */
export interface SaveDraft {
  type: "draft.save"
  conversation_id: string
  /** At most 20000 characters. */
  body: string
  visibility?: Visibility
  /** At most 10 entries. */
  attachment_ids?: string[]
}

/** You wrote, sent or gave up a draft, here or elsewhere. */
export interface DraftChanged {
  type: "draft.changed"
  draft: DraftView
}
