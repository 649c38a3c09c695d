import type { VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { h } from "preact"
import type { Texts } from "../texts"

interface AwayNoteProps {
  session: WidgetSession
  conversation: VisitorConversationView | null
  texts: Texts
}

export function AwayNote({ session, conversation, texts }: AwayNoteProps) {
  return (
    <p class="system" role="status" dir="auto">
      {awayWords(session, conversation, texts)}
    </p>
  )
}

/** While nobody is there: before a message how to leave one, after it when and how it is answered. */
export function awayWords(
  { inbox, contact }: WidgetSession,
  conversation: VisitorConversationView | null,
  texts: Texts,
): string {
  const { t } = texts
  const back = inbox.opens_at ? t("back_at", { time: texts.coming(inbox.opens_at) }) : ""
  const said = conversation
    ? [
        conversation.ticket_number ? "" : t("got_it"),
        back || (contact.email ? "" : t("answer_soon")),
        contact.email ? t("reply_mail_note") : "",
      ]
    : [inbox.away_text || t("away_note"), back]
  return said.filter(Boolean).join(" ")
}
