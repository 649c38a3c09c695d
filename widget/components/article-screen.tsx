import type { SuggestionView } from "@parley/client/contract"
import { Component, Fragment, h } from "preact"
import type { App } from "../models/app-view"
import type { Texts } from "../texts"
import { focusFirst } from "./field-events"
import { Icon, Tool } from "./icons"

interface ArticleScreenProps {
  app: App
  article: SuggestionView
  texts: Texts
  onClose: () => void
}

/** An article of the help centre, in a frame that may run no script. */
export class ArticleScreen extends Component<ArticleScreenProps, { hasHelped: boolean }> {
  override componentDidMount() {
    focusFirst()
  }

  helped = () => {
    this.setState({ hasHelped: true })
    this.props.app.helped()
  }

  render() {
    const { app, article, texts, onClose } = this.props
    const url = new URL(article.url, location.origin)
    const embedded = new URL(url)
    embedded.searchParams.set("embed", "1")
    return (
      <section class="screen article">
        <header class="bar">
          <Tool icon="back" label={texts.t("back")} onClick={app.leaveArticle} isFirstFocus />
          <h1 class="who">{article.title}</h1>
          <a class="tool" href={url.href} target="_blank" rel="noopener" aria-label={texts.t("new_tab")}>
            <Icon name="out" />
          </a>
          <Tool icon="close" label={texts.t("close_chat")} onClick={onClose} />
        </header>
        {url.origin === location.origin ? (
          <iframe
            title={article.title}
            src={embedded.pathname + embedded.search}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
          />
        ) : (
          <div class="scroller">{article.passage}</div>
        )}
        <div class="verdict" role="status">
          {this.state.hasHelped ? (
            <>
              {texts.t("helped_thanks")}
              <button type="button" class="primary small" onClick={onClose}>
                {texts.t("close")}
              </button>
            </>
          ) : (
            <button type="button" class="primary small" onClick={this.helped}>
              {texts.t("helped")}
            </button>
          )}
          <button type="button" class="plain" onClick={app.askPerson}>
            {texts.t("person")}
          </button>
        </div>
      </section>
    )
  }
}
