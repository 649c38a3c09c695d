import type { VisitorConversationView } from "@parley/client/contract"
import { h } from "preact"
import type { App, AppSnapshot } from "../models/app"
import { isDone } from "../models/conversations"
import type { Texts } from "../texts"
import { Avatar, grow, Icon, onEnter, onSubmit, presenceOf, Tool } from "./parts"
import { Suggestions } from "./suggestions"

interface HomeProps {
  app: App
  state: AppSnapshot
  texts: Texts
  onClose: () => void
}

/** The first screen: one field that finds answers while one types and starts a conversation when one sends. */
export function Home({ app, state, texts, onClose }: HomeProps) {
  const { session, conversations, draft } = state
  return (
    <section class="screen home">
      <header class="hero">
        <Tool icon="close" label={texts.t("close_chat")} onClick={onClose} />
        <p class="brand">{session?.inbox.name ?? "\u00a0"}</p>
        <h1 dir="auto">{session?.inbox.greeting || texts.t("ask")}</h1>
        <p class={session?.inbox.is_staffed ? "presence on" : "presence"}>{session && presenceOf(session, texts)}</p>
      </header>
      <div class="cards">
        {state.phase === "unreachable" && !state.is_outdated && (
          <p class="banner" role="status">
            {texts.t("unavailable")}
          </p>
        )}
        <form class="card ask" onSubmit={onSubmit(app.start)}>
          <textarea
            ref={field => grow(field)}
            rows={2}
            data-focus
            value={draft}
            placeholder={texts.t("ask_hint")}
            aria-label={texts.t("ask_hint")}
            dir={draft ? "auto" : undefined}
            onInput={event => app.setDraft(event.currentTarget.value)}
            onKeyDown={onEnter(() => draft.trim() && app.start())}
          />
          <Suggestions list={state.found} texts={texts} onRead={app.read} />
          <button type="submit" class="primary" aria-busy={state.is_starting}>
            {texts.t("start")}
            <Icon name="next" />
          </button>
        </form>
        {session && conversations[0] && (
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
        )}
      </div>
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
