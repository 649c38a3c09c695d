import type { VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { Component, h } from "preact"
import { isDone } from "../models/conversations"
import type { Texts } from "../texts"
import { Avatar, presenceOf, Tool } from "./parts"

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

  render() {
    const { session, conversation, texts, onBack, onEnd, onClose } = this.props
    const { asks } = this.state
    const name = conversation?.agent_name ?? session.inbox.name
    const canEnd = conversation && !isDone(conversation)
    return (
      <header class="bar">
        <Tool icon="back" label={texts.t("back")} onClick={onBack} />
        <Avatar name={name} />
        <div class="who">
          <h1>{name}</h1>
          <small>{presenceOf(session, texts)}</small>
        </div>
        {canEnd && (
          <button type="button" class="plain" aria-expanded={asks} onClick={this.toggle}>
            {texts.t("end")}
          </button>
        )}
        <Tool icon="close" label={texts.t("close_chat")} onClick={onClose} />
        {canEnd && asks && (
          <div class="card sure">
            <span>{texts.t("end_sure")}</span>
            <button type="button" class="plain" onClick={this.toggle}>
              {texts.t("cancel")}
            </button>
            <button
              type="button"
              class="primary small"
              onClick={() => {
                this.toggle()
                onEnd()
              }}
            >
              {texts.t("end")}
            </button>
          </div>
        )}
      </header>
    )
  }
}
