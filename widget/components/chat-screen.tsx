import type { GreetingView, WidgetSession } from "@parley/client/contract"
import { Component, createRef, h } from "preact"
import type { App, AppSnapshot } from "../models/app-view"
import type { Chat } from "../models/chat"
import { isDone } from "../models/conversations"
import type { Texts } from "../texts"
import { ChatHeader } from "./chat-header"
import { Composer } from "./composer"
import { focusFirst } from "./field-events"
import { Avatar, Icon } from "./icons"
import { Forms, Late } from "./late-components"
import { Log } from "./log"

interface ChatScreenProps {
  app: App
  state: AppSnapshot
  session: WidgetSession
  chat: Chat
  texts: Texts
  onClose: () => void
}

interface Local {
  /** Files are held over the panel. */
  isDropping: boolean
  /** The reader is further up, and something new came. */
  isAway: boolean
}

const NEAR_PX = 80

export class ChatScreen extends Component<ChatScreenProps, Local> {
  override state: Local = { isDropping: false, isAway: false }
  scroller = createRef<HTMLDivElement>()
  isNear = true
  top = 0
  count = 0
  sizes: ResizeObserver | null = null

  override componentDidMount() {
    this.sizes = new ResizeObserver(() => this.stay())
    for (const it of [this.scroller.current, this.scroller.current?.firstElementChild]) it && this.sizes.observe(it)
    this.toEnd()
    if (this.props.state.is_open) focusFirst()
  }

  override componentWillUnmount() {
    this.sizes?.disconnect()
  }

  /** Stay at the end while the reader is there, and go there with one's own words. */
  override componentDidUpdate() {
    const { rows } = this.props.chat.snapshot().thread
    const isMore = rows.length > this.count
    this.count = rows.length
    if (isMore && rows.at(-1)?.progress) this.toEnd()
    else if (isMore && !this.isNear && !this.state.isAway) this.setState({ isAway: true })
    this.stay()
  }

  stay() {
    const it = this.scroller.current
    if (it && this.isNear) it.scrollTop = it.scrollHeight
  }

  look = () => {
    const it = this.scroller.current as HTMLDivElement
    // Growing content makes a distance too: only moving up is leaving.
    if (it.scrollHeight - it.scrollTop - it.clientHeight < NEAR_PX) this.isNear = true
    else if (it.scrollTop < this.top) this.isNear = false
    this.top = it.scrollTop
    this.props.chat.reach(this.isNear)
    if (this.isNear && this.state.isAway) this.setState({ isAway: false })
  }

  toEnd = () => {
    this.isNear = true
    this.props.chat.reach(true)
    this.stay()
    if (this.state.isAway) this.setState({ isAway: false })
  }

  hold = (event: Event, isDropping: boolean) => {
    event.preventDefault()
    if (isDropping !== this.state.isDropping) this.setState({ isDropping })
  }

  render() {
    const { app, session, chat, texts, onClose } = this.props
    const { isDropping, isAway } = this.state
    const { inbox } = session
    const it = chat.snapshot()
    const { conversation, rows, typing } = it.thread
    const suggestions = it.suggestions[0] ? it.suggestions : it.found
    const queue = conversation?.queue
    const isUnanswered = !isDone(conversation) && !conversation?.agent_name
    const writer = typing.find(who => who.kind !== "contact")
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is a second way, the button is the first
      <section
        class="screen"
        onDragOver={event => this.hold(event, true)}
        onDragLeave={event => this.hold(event, false)}
        onDrop={event => {
          this.hold(event, false)
          if (inbox.allows_files) chat.attach(event.dataTransfer?.files ?? [])
        }}
      >
        <ChatHeader
          session={session}
          conversation={conversation}
          texts={texts}
          onBack={app.goHome}
          onEnd={chat.end}
          onClose={onClose}
        />
        <div class="scroller" ref={this.scroller} onScroll={this.look} tabIndex={-1}>
          <div class="inner">
            {it.greeting && <Greeting it={it.greeting} />}
            {rows.length === 0 && it.thread.is_loaded && !it.greeting && (
              <div class="welcome">
                <Avatar name={inbox.name} />
                {inbox.greeting || texts.t("ask")}
              </div>
            )}
            <Log
              rows={rows}
              ticketNumber={conversation?.ticket_number ?? null}
              texts={texts}
              token={() => session.visitor_token}
              onEarlier={it.thread.has_earlier ? chat.earlier : null}
              onRetry={chat.retry}
              onDiscard={chat.discard}
            />
            {writer && (
              <div class="row other last" aria-hidden="true">
                <div class="bubble dots">
                  <i />
                  <i />
                  <i />
                </div>
              </div>
            )}
            {inbox.is_staffed && queue && <Late draw={({ QueueCard }) => <QueueCard queue={queue} texts={texts} />} />}
            {!inbox.is_staffed && isUnanswered && (
              <Late draw={({ AwayNote }) => <AwayNote session={session} conversation={conversation} texts={texts} />} />
            )}
            {rows.length > 0 && (
              <Forms draw={({ Questions }) => <Questions app={app} session={session} chat={chat} texts={texts} />} />
            )}
            {suggestions[0] && (
              <Late
                draw={({ Suggestions }) => (
                  <Suggestions
                    list={suggestions}
                    texts={texts}
                    onRead={app.read}
                    {...(it.suggestions[0] && { onDismiss: chat.dismissSuggestions })}
                  />
                )}
              />
            )}
            {it.asks_rating && (
              <Late draw={({ Rating }) => <Rating texts={texts} onRate={chat.rate} onSkip={chat.skipRating} />} />
            )}
            {it.was_rated_now && (
              <p class="system" role="status">
                {texts.t("thanks")}
              </p>
            )}
          </div>
        </div>
        {isAway && (
          <button type="button" class="primary small jump" onClick={this.toEnd}>
            <Icon name="down" /> {texts.t("new_messages")}
          </button>
        )}
        <p class="hidden" role="status">
          {writer && texts.t("typing", { name: writer.name || texts.t("support") })}
        </p>
        {inbox.previews_typing && <p class="system">{texts.t("previewed")}</p>}
        {conversation?.category === "closed" ? (
          <div class="composer over">
            {texts.t("closed_note")}
            <button type="button" class="primary small" data-focus onClick={() => app.show(null)}>
              {texts.t("new_conversation")}
            </button>
          </div>
        ) : (
          <Composer
            draft={it.draft}
            isReady={it.is_ready}
            hint={texts.t(isDone(conversation) ? "reopen_hint" : "write")}
            uploads={it.uploads}
            texts={texts}
            onDraft={chat.setDraft}
            onSend={app.send}
            maxFileBytes={inbox.max_file_bytes}
            onFiles={inbox.allows_files ? chat.attach : null}
            onRemove={chat.detach}
          />
        )}
        {isDropping && inbox.allows_files && <div class="drop">{texts.t("drop")}</div>}
      </section>
    )
  }
}

/** What we said first, until it is a message like any other. */
function Greeting({ it }: { it: GreetingView }) {
  return (
    <div class="row other last">
      <span class="author">{it.author.name}</span>
      <div class="bubble" dir="auto">
        {it.body}
      </div>
    </div>
  )
}
