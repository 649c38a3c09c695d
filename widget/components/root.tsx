import { Component, h } from "preact"
import type { App } from "../models/app-view"
import type { Texts } from "../texts"
import { focusFirst } from "./field-events"
import { Home } from "./home"
import { Forms, Late, lazy } from "./late-components"

export async function loadLiveSession() {
  const { ChatScreen, createLiveSession } = await import("../live-session")
  return { ChatScreen, createLiveSession }
}
const LiveSession = lazy(loadLiveSession)

interface RootProps {
  app: App
  texts: Texts
  /** The browser stores nothing for us: who reloads is somebody new. */
  isForgetful: boolean
  onClose: () => void
}

/** The panel: one screen at a time, with the focus kept inside. */
export class Root extends Component<RootProps> {
  stop = () => {}
  shown = ""

  override componentDidMount() {
    this.stop = this.props.app.subscribe(() => this.setState({}))
    // On the document: some browsers leave the focus on it when the panel opens in another site's page.
    document.addEventListener("keydown", this.onKey)
    this.componentDidUpdate()
  }

  override componentWillUnmount() {
    this.stop()
    document.removeEventListener("keydown", this.onKey)
  }

  onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") this.props.onClose()
    else if (event.key === "Tab") keepInside(event)
    // What is typed to nobody in particular is meant for the field, the first letter included.
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && document.activeElement === document.body)
      focusFirst()
  }

  override componentDidUpdate() {
    const { is_open, screen, chat } = this.props.app.snapshot()
    const shown = is_open ? `${screen} ${screen === "chat" && chat?.key}` : ""
    if (shown !== this.shown && shown) focusFirst()
    this.shown = shown
  }

  render() {
    const { app, texts, isForgetful, onClose } = this.props
    const state = app.snapshot()
    const { screen, chat, session, article } = state
    return (
      <main class="screen" aria-label={texts.t("chat")}>
        {state.is_outdated && (
          <p class="banner" role="status">
            {texts.t("reload")}{" "}
            <button type="button" onClick={() => location.reload()}>
              {texts.t("reload_now")}
            </button>
          </p>
        )}
        {(state.connection === "offline" || state.connection === "reconnecting") && (
          <p class="banner line" role="status">
            {texts.t(state.connection)}
          </p>
        )}
        {state.is_identity_stale && (
          <p class="banner" role="status">
            {texts.t("stale")}
          </p>
        )}
        {isForgetful && screen === "chat" && (
          <p class="banner line" role="status">
            {texts.t("not_kept")}
          </p>
        )}
        {state.phase === "refused" && (
          <p class="banner" role="alert">
            {texts.t("refused")}{" "}
            <button type="button" onClick={() => location.reload()}>
              {texts.t("reload_now")}
            </button>
          </p>
        )}
        {screen === "article" && article ? (
          <Late
            key="article"
            draw={({ ArticleScreen }) => <ArticleScreen app={app} article={article} texts={texts} onClose={onClose} />}
          />
        ) : screen === "form" && chat && session ? (
          <Forms
            key="form"
            draw={({ FormScreen }) => (
              <FormScreen app={app} session={session} chat={chat} texts={texts} onClose={onClose} />
            )}
          />
        ) : screen === "chat" && chat && session ? (
          <LiveSession
            key="live-session"
            draw={({ ChatScreen }) => (
              <ChatScreen
                key={chat.key}
                app={app}
                state={state}
                session={session}
                chat={chat}
                texts={texts}
                onClose={onClose}
              />
            )}
          />
        ) : (
          <Home app={app} state={state} texts={texts} onClose={onClose} />
        )}
      </main>
    )
  }
}

/** Tab goes round inside the panel. */
function keepInside(event: KeyboardEvent): void {
  const all = [...document.querySelectorAll<HTMLElement>("button, a[href], textarea, input:not([hidden]), iframe")]
  if (event.shiftKey) all.reverse()
  if (document.activeElement !== all.at(-1)) return
  event.preventDefault()
  all[0]?.focus()
}
