import type { WidgetSession } from "@parley/client/contract"
import { h } from "preact"
import type { App } from "../models/app"
import { asksEmail, skipEmail } from "../models/asking"
import type { Chat } from "../models/chat"
import type { Texts } from "../texts"
import { ContactForm } from "./contact-form"

interface EmailQuestionProps {
  app: App
  session: WidgetSession
  chat: Chat
  texts: Texts
}

/** Where a reply may find the visitor who has left: asked once after their first message, and when an agent asks. */
export function EmailQuestion({ app, session, chat, texts }: EmailQuestionProps) {
  const { conversation_id, rows } = chat.snapshot().thread
  if (!conversation_id || !asksEmail(session, conversation_id, rows, app.storage)) return null
  return (
    <ContactForm texts={texts} onSave={app.saveContact} onSkip={() => skipEmail(conversation_id, rows, app.keep)} />
  )
}
