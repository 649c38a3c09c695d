// Written by tools/types from app/contract. Change the Structs, not this file.

import type { ContactDetailsView, ContactView } from "./contacts"
import type { ConversationView } from "./conversations"
import type { ScoreView } from "./surveys"
import type { TicketView } from "./tickets"
import type { PageView } from "./visitors"

/** A contact's conversations, newest first. `next` is the cursor of the following page, empty at the end. */
export interface ContactHistory {
  conversations: ConversationView[]
  next: string | null
  ok: true
}

/** Everything known of a contact besides their conversations; each list newest first. */
export interface ContactKnown {
  contact: ContactView
  details: ContactDetailsView
  pages: PageView[]
  tickets: TicketView[]
  scores: ScoreView[]
  ok: true
}
