import type { VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { Component, h } from "preact"
import { isDone } from "../models/conversations"
import type { Texts } from "../texts"
import { Avatar, Tool } from "./icons"
import { Late } from "./late-components"
import { promiseOf } from "./promise"

interface ChatHeaderProps {
  session: WidgetSession
  conversation: VisitorConversationView | null
  texts: Texts
  onBack: () => void
  onEnd: () => void
  onClose: () => void
}

export class ChatHeader extends Component<ChatHeaderProps, { asks: boolean }> {
  override state = { asks: false }

  toggle = () => this.setState({ asks: !this.state.asks })

  end = () => {
    this.toggle()
    this.props.onEnd()
  }

  render() {
    const { session, conversation, texts, onBack, onClose } = this.props
    const { asks } = this.state
    const name = conversation?.agent_name ?? session.inbox.name
    const canEnd = conversation && !isDone(conversation)
    return (
      <header class="bar">
        <Tool icon="back" label={texts.t("back")} onClick={onBack} />
        <Avatar name={name} />
        <div class="who">
          <h1>{name}</h1>
          <small>{promiseOf(session, conversation, texts, Date.now(), "back_from")}</small>
        </div>
        {canEnd && <Tool icon="end" label={texts.t("end")} isOpen={asks} onClick={this.toggle} />}
        <Tool icon="close" label={texts.t("close_chat")} onClick={onClose} />
        {canEnd && asks && (
          <Late draw={({ EndQuestion }) => <EndQuestion texts={texts} onCancel={this.toggle} onEnd={this.end} />} />
        )}
      </header>
    )
  }
}
