import type { WidgetSession } from "@parley/client/contract"
import type { ThreadRow } from "@parley/client/rows"
import { Component, h } from "preact"
import type { App } from "../models/app-view"
import { askedFirst, EMAIL } from "../models/asked-first"
import { askedAfter, asksEmail, skipEmail } from "../models/asking"
import type { Chat } from "../models/chat"
import { isDone } from "../models/conversations"
import type { Texts } from "../texts"
import { focusFirst } from "./field-events"
import { Fields } from "./fields"
import { Avatar, Tool } from "./icons"
import { Late } from "./late-components"

interface QuestionsProps {
  app: App
  session: WidgetSession
  chat: Chat
  texts: Texts
}

const ASKED = /^solution_(proposed|withdrawn)$/

/** The row that asks for the newest solution's answer, or takes the question back. */
const solutionRow = (rows: readonly ThreadRow[]) => rows.findLast(({ message }) => ASKED.test(message.system ?? ""))
const proposedKey = (rows: readonly ThreadRow[]) => solutionRow(rows)?.key
const isProposed = (rows: readonly ThreadRow[]) => solutionRow(rows)?.message.system === "solution_proposed"

/** Asked in the chat once there is a message: the inbox's form, or only an address to reply to. */
export class Questions extends Component<QuestionsProps> {
  render() {
    const { app, session, chat, texts } = this.props
    const { conversation, conversation_id, rows } = chat.snapshot().thread
    if (!conversation || !conversation_id || isDone(conversation)) return null
    if (isProposed(rows)) {
      const given = { session, conversationId: conversation_id, texts }
      return <Late draw={({ SolutionCard }) => <SolutionCard key={proposedKey(rows)} {...given} />} />
    }
    const done = `form:${conversation_id}`
    const fields = app.storage.get(done) ? [] : askedAfter(session)
    if (fields[0]) {
      return (
        <Fields
          fields={fields}
          title={texts.t("form_after")}
          action={texts.t("send")}
          texts={texts}
          onSave={given => app.submitForm(conversation_id, given, done)}
          onSkip={fields.some(it => it.is_required) ? undefined : () => app.keep(done, "1")}
        />
      )
    }
    if (!asksEmail(session, conversation_id, rows, app.storage)) return null
    return (
      <Fields
        key="email"
        fields={[EMAIL]}
        title={texts.t("email_title")}
        action={texts.t("save")}
        texts={texts}
        onSave={({ email }) => app.saveContact({ email: email ?? "" })}
        onSkip={() => skipEmail(conversation_id, rows, app.keep)}
      />
    )
  }
}

interface FormScreenProps extends QuestionsProps {
  onClose: () => void
}

/** What the inbox asks for before a conversation begins. */
export class FormScreen extends Component<FormScreenProps> {
  override componentDidMount() {
    focusFirst()
  }

  render() {
    const { app, session, texts, onClose } = this.props
    const { name } = session.inbox
    return (
      <section class="screen">
        <header class="bar">
          <Tool icon="back" label={texts.t("back")} onClick={app.leaveForm} />
          <Avatar name={name} />
          <h1 class="who">
            <span>{name}</span>
          </h1>
          <Tool icon="close" label={texts.t("close_chat")} onClick={onClose} />
        </header>
        <div class="scroller">
          <div class="inner">
            <Fields
              fields={askedFirst(session)}
              title={texts.t("form_before")}
              action={texts.t("start")}
              texts={texts}
              onSave={app.begin}
              takesFocus
            />
          </div>
        </div>
      </section>
    )
  }
}
