import type { VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { h } from "preact"
import type { App, AppSnapshot } from "../models/app"
import { isDone } from "../models/conversations"
import type { Texts } from "../texts"
import { Avatar } from "./parts"

interface FrontCardsProps {
  app: App
  state: AppSnapshot
  session: WidgetSession
  texts: Texts
}

/** What stands below the first question. */
export function FrontCards({ app, state, session, texts }: FrontCardsProps) {
  const { conversations } = state
  if (!conversations[0]) return null
  return (
    <section class="card list">
      <h2>{texts.t("your_conversations")}</h2>
      {conversations.map(past => (
        <PastConversation
          key={past.id}
          it={past}
          inboxName={session.inbox.name}
          texts={texts}
          onOpen={() => app.show(past.id)}
        />
      ))}
    </section>
  )
}

interface PastConversationProps {
  it: VisitorConversationView
  inboxName: string
  texts: Texts
  onOpen: () => void
}

function PastConversation({ it, inboxName, texts, onOpen }: PastConversationProps) {
  const name = it.agent_name ?? inboxName
  return (
    <button type="button" class={it.seq > it.marks.contact_read_seq ? "item new" : "item"} onClick={onOpen}>
      <Avatar name={name} />
      <span>
        <b>{name}</b>
        <small class="clip" dir="auto">
          {it.preview}
        </small>
      </span>
      <small>{isDone(it) ? texts.t("done") : texts.moment(it.last_message_at)}</small>
    </button>
  )
}
