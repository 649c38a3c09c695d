import type { AgentEvent, ConversationView, MessageView } from "@parley/client/contract"
import { computed } from "vue"
import { createConversationModel } from "../conversation/model"
import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import { belongs, isOpen } from "../shared/models/order"
import { type Alerts, createAlerts } from "./models/alerts"
import { createCounts, type ViewCounts } from "./models/counts"
import { createInbox, type Inbox } from "./models/inbox"
import { createOffered } from "./models/offered"
import { createSelection, type Selection } from "./models/selection"

/** The lists of conversations, and what tells an agent of news in them. */
export interface InboxModel {
  inbox: Inbox
  counts: ViewCounts
  selection: Selection
  alerts: Alerts
  stop(): void
}

export const useInbox = () => useApp().model(createInboxModel)

/** What moves elsewhere in the company is not told to this screen, so its counts are asked for. */
const COUNT_MS = 15_000

export function createInboxModel(app: AgentApp): InboxModel {
  const { api, clock, connection, conversations, doors, notify, open, people, rowRefetch, storage } = app
  const { around, words } = doors
  const { toolbox, viewed } = app.model(createConversationModel)
  const { meId } = people
  const positionOf = (key: string) => people.statuses.value.findIndex(status => status.key === key)
  const inbox = createInbox(api, conversations, meId, clock, positionOf, app.screen.show)
  const counts = createCounts(api, conversations, clock, meId, () => toolbox.views.value)
  const selection = createSelection(() => inbox.list.value.rows.value)
  const alerts = createAlerts({
    around,
    clock,
    storage,
    words,
    unread: computed(() => conversations.unreadOf(meId)),
    open,
    place: () => people.workspaceName.value || "Parley",
    isBusy: () => people.me.value.presence === "busy",
  })
  const offered = createOffered({
    storage,
    agentId: meId,
    clock,
    conversations,
    notify,
    nameOf: row => row.contact.name || words.visitor(row.contact.id),
    ring: alerts.offered,
    open,
  })
  const toOpen = (id: string) => ({ key: "done.open", run: () => open(id) }) as const

  /** A contact wrote. */
  function written(message: MessageView, row: ConversationView) {
    const isSeen = viewed() === row.id && !around.isHidden()
    const isOurs = row.agent_id === meId || row.agent_id === null
    if (isOurs && isOpen(row) && !isSeen) alerts.message(message, row)
    if (row.agent_id !== meId || message.seq === null) return
    const said = { type: "conversation.delivered", conversation_id: row.id, seq: message.seq } as const
    void connection.command(said).catch(() => {})
  }

  /** A colleague left a note in a conversation of this agent's. */
  function noted(message: MessageView, row: ConversationView) {
    const { name } = message.author
    if (viewed() !== row.id) notify({ key: "done.noted", values: { name }, tone: "news", act: toOpen(row.id) })
    alerts.message(message, row)
  }

  const isForMe = ({ visibility, author, system }: MessageView, row: ConversationView) =>
    visibility === "internal" && system === null && row.agent_id === meId && author.id !== meId

  function onEvent(event: AgentEvent) {
    if (event.type === "message.created") {
      const row = conversations.get(event.message.conversation_id)
      if (!row) return
      if (event.message.author.kind === "contact") written(event.message, row)
      else if (isForMe(event.message, row)) noted(event.message, row)
    } else if (event.type === "conversation.moved") {
      const { conversation_id: id, type: _, ...now } = event
      const row = { ...now, id } as unknown as ConversationView
      // It comes into the list that is shown, and this screen does not hold it.
      if (!conversations.get(id) && belongs(row, inbox.list.value.filter, meId)) rowRefetch.refetch(id)
    } else if (event.type === "conversation.escalated") {
      const { conversation_id: id, contact_name, level, reason, by_id, by_name } = event
      if (by_id === meId) return
      const contact = contact_name || words.visitor(conversations.get(id)?.contact.id ?? "")
      alerts.escalated(id, `${contact}: ${reason}`)
      notify({ key: "done.escalated_by", values: { name: by_name, contact, level }, tone: "news", act: toOpen(id) })
    } else if (event.type === "assignment.offered") {
      if (!conversations.get(event.conversation_id)) rowRefetch.refetch(event.conversation_id)
      offered.given(event)
    } else if (event.type === "desk.changed") {
      // A view that is new here has not been counted yet.
      void toolbox.refresh().then(counts.refresh)
    }
  }

  let stopCounting = () => {}
  function countOn() {
    stopCounting = clock.after(COUNT_MS, () => {
      if (!around.isHidden()) void counts.refresh()
      countOn()
    })
  }
  connection.onEvent(onEvent)
  connection.onConnected(() => {
    // What was fetched before may have moved before we could hear of it.
    void inbox.refresh()
    void counts.refresh()
  })
  countOn()
  void counts.refresh()

  return {
    inbox,
    counts,
    selection,
    alerts,
    stop() {
      stopCounting()
      alerts.stop()
      offered.stop()
      counts.stop()
      inbox.stop()
    },
  }
}
