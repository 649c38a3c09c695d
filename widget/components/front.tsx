import type { VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { Fragment, h } from "preact"
import type { App, AppSnapshot } from "../models/app-view"
import { isDone } from "../models/conversations"
import type { Texts } from "../texts"
import { Avatar, Icon } from "./icons"

interface FrontCardsProps {
  app: App
  state: AppSnapshot
  session: WidgetSession
  texts: Texts
}

/** What stands below the first question: who is there, earlier conversations, and what others read. */
export function FrontCards({ app, state, session, texts }: FrontCardsProps) {
  const { conversations } = state
  const { articles, inbox } = session
  return (
    <Fragment>
      {!inbox.is_staffed && !inbox.is_archived && inbox.away_text && (
        <p class="system" dir="auto">
          {inbox.away_text}
        </p>
      )}
      {inbox.agent_names[0] && (
        <p class="faces">
          {inbox.agent_names.map(name => (
            <Avatar key={name} name={name} />
          ))}
          <small dir="auto">{texts.t("team", { names: namesOf(inbox.agent_names, texts.locale) })}</small>
        </p>
      )}
      {conversations[0] && (
        <section class="card list" aria-label={texts.t("your_conversations")}>
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
      )}
      {articles[0] && (
        <section class="card list answers" aria-label={texts.t("articles")}>
          <h2>
            {texts.t("articles")}
            <a class="plain" href={helpUrl(articles[0].url)} target="_blank" rel="noopener">
              {texts.t("browse")}
            </a>
          </h2>
          {articles.map(it => (
            <button type="button" class="item" key={it.article_id} onClick={() => app.read(it)}>
              <Icon name="doc" />
              <span>
                <b dir="auto">{it.title}</b>
              </span>
            </button>
          ))}
        </section>
      )}
    </Fragment>
  )
}

/** First names, as one would say them. */
function namesOf(names: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names.map(it => it.split(" ")[0] ?? it))
}

/** The help centre an article is in. */
function helpUrl(article: string): string {
  return article.replace(/\/[^/]*$/, "")
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
