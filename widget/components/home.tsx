import { h } from "preact"
import type { App, AppSnapshot } from "../models/app-view"
import type { Texts } from "../texts"
import { grow, onEnter, onSubmit } from "./field-events"
import { Icon, Tool } from "./icons"
import { Front, Late } from "./late-components"
import { promiseOf } from "./promise"

interface HomeProps {
  app: App
  state: AppSnapshot
  texts: Texts
  onClose: () => void
}

/** The first screen: one field that finds answers while one types and starts a conversation when one sends. */
export function Home({ app, state, texts, onClose }: HomeProps) {
  const { session, draft } = state
  return (
    <section class="screen home">
      <header class="hero">
        <Tool icon="close" label={texts.t("close_chat")} onClick={onClose} />
        <p class="brand">{session?.inbox.name ?? "\u00a0"}</p>
        <h1 dir="auto">{session?.inbox.greeting || texts.t("ask")}</h1>
        <p class={session?.inbox.is_staffed ? "presence on" : "presence"}>
          {session && promiseOf(session, null, texts, Date.now())}
        </p>
      </header>
      <div class="cards">
        {state.phase === "unreachable" && !state.is_outdated && (
          <p class="banner" role="status">
            {texts.t("unavailable")}
          </p>
        )}
        {(state.phase === "refused" || session?.inbox.is_archived) && (
          <p class="banner" role="alert" dir="auto">
            {session ? session.inbox.away_text : state.refusal}
          </p>
        )}
        {state.phase !== "refused" && !session?.inbox.is_archived && (
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
            {(state.found[0] || state.found_note) && (
              <Late
                draw={({ Suggestions }) => (
                  <Suggestions list={state.found} note={state.found_note} texts={texts} onRead={app.read} />
                )}
              />
            )}
            <button type="submit" class="primary" aria-busy={state.is_starting}>
              {texts.t("start")}
              <Icon name="next" />
            </button>
          </form>
        )}
        {session && (
          <Front draw={({ FrontCards }) => <FrontCards app={app} state={state} session={session} texts={texts} />} />
        )}
      </div>
    </section>
  )
}
