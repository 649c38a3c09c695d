// Written by tools/types from app/contract. Change the Structs, not this file.

/** A supervisor reads along from now on. Nobody is told, no mark moves; a line in the audit says so. */
export interface WatchConversation {
  type: "conversation.watch"
  conversation_id: string
}

/** A supervisor's note for whoever has the conversation, marked `whispered`. Contacts never see it. */
export interface WhisperConversation {
  type: "conversation.whisper"
  client_id: string
  conversation_id: string
  /** At most 10000 characters. */
  body: string
}

/** A supervisor takes a conversation, whoever has it. */
export interface TakeOverConversation {
  type: "conversation.take_over"
  conversation_id: string
}

/** A supervisor takes a conversation from its agent and puts it at the head of its queue. */
export interface PullBackConversation {
  type: "conversation.pull_back"
  conversation_id: string
}
