import { browserStorage, type Storage } from "./storage"

/** A link in a mail opens its conversation in a page of its own. */
export interface MailedLink {
  /** Kept in the tab alone: who else uses this browser stays who they are. */
  storage: Storage
  /** Given once, then gone from the address and the history. */
  token: string | null
  conversationId: string | null
}

const CONVERSATION = "conversation"

/** What a link in a mail has opened in this tab, now or before a reload. */
export function mailedLink(inboxKey: string, token: string | null): MailedLink | null {
  const storage = browserStorage(`parley:${inboxKey}:mail:`, "sessionStorage")
  if (token) {
    history.replaceState(null, "", location.pathname + location.search)
    storage.set("token", null)
    storage.set(CONVERSATION, token.split(".")[3] ?? null)
  }
  const conversationId = storage.get(CONVERSATION)
  return conversationId ? { storage, token, conversationId } : null
}
