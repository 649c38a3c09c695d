import type { Clock } from "@parley/client/clock"
import type { Connection } from "@parley/client/connection"
import type { Me, Presence } from "@parley/client/contract"
import type { Outbox } from "@parley/client/outbox"
import type { AgentSide } from "@parley/client/sides"
import { computed, type ShallowRef, shallowRef } from "vue"
import { type Actions, createActions } from "./actions"
import { type Alerts, type AlertWords, createAlerts, type Surroundings } from "./alerts"
import type { Api } from "./api"
import { type Conversations, createConversations } from "./conversations"
import { createCounts, type ViewCounts } from "./counts"
import { createDrafts, type Drafts } from "./drafts"
import { createEvents } from "./events"
import { createHealer } from "./healer"
import { createInbox, type Inbox } from "./inbox"
import type { Notify } from "./notices"
import { isOpen } from "./order"
import { createPeople, type People } from "./people"
import { wordsFor } from "./refusals"
import { createThreads, type Threads } from "./threads"
import { createTicker, type Ticker } from "./ticker"
import { createTickets, type Tickets } from "./tickets"
import type { Uploader } from "./uploads"
import { createWall, type Wall } from "./wall"

export interface DeskOptions {
  me: Me
  api: Api
  connection: Connection<AgentSide>
  outbox: Outbox
  clock: Clock
  storage: Storage
  around: Surroundings
  upload: Uploader
  notify: Notify
  words: AlertWords
  /** Show a conversation, because a notification or a notice was clicked. */
  open(conversationId: string): void
}

/** Everything a signed-in agent works with. Made at sign-in, stopped at sign-out. */
export interface Desk {
  api: Api
  clock: Clock
  upload: Uploader
  notify: Notify
  people: People
  conversations: Conversations
  inbox: Inbox
  counts: ViewCounts
  threads: Threads
  outbox: Outbox
  drafts: Drafts
  actions: Actions
  alerts: Alerts
  tickets: Tickets
  wall: Wall
  ticker: Ticker
  online: Readonly<ShallowRef<"connecting" | "online" | "offline" | "refused">>
  reconnect(): void
  /** Resolve once this message is on the server, so that it does not land in a resolved conversation. */
  resolveWhenSent(conversationId: string, clientId: string): void
  setPresence(presence: Presence): Promise<void>
  /** Tell colleagues what is being looked at. */
  view(conversationId: string): void
  /** No longer, unless something else is looked at by now. */
  leave(conversationId: string): void
  stop(): void
}

const LEAVE_MS = 600

export function createDesk(options: DeskOptions): Desk {
  const { me, api, connection, outbox, clock, storage, around, notify, words, open } = options
  const { command } = connection
  const people = createPeople(me)
  const conversations = createConversations()
  const inbox = createInbox(api, conversations, people.meId)
  const counts = createCounts(api, conversations, clock, people.meId)
  const healer = createHealer(command, conversations, clock)
  const tickets = createTickets(api)
  const wall = createWall(command)
  const ticker = createTicker(clock)
  const author = { kind: "agent" as const, id: people.meId, name: people.me.value.name }
  const threads = createThreads({ connection, outbox, clock, me: author, find: conversations.get })
  const actions = createActions({ command, conversations, people, notify, now: clock.now })
  const online = shallowRef(connection.state().name)
  const unread = computed(() => conversations.unreadOf(people.meId))
  const alerts = createAlerts({
    around,
    clock,
    storage,
    words,
    unread,
    open,
    isBusy: () => people.me.value.presence === "busy",
  })
  let viewed: string | null = null
  let stopLeaving = () => {}
  let hasConnected = false
  const toResolve = new Map<string, string>()

  const sayView = () => void command({ type: "conversation.view", conversation_id: viewed }).catch(() => {})

  async function refresh() {
    await Promise.all([inbox.refresh(), counts.refresh()])
  }

  const hear = createEvents({
    conversations,
    people,
    healer,
    wall: wall.put,
    written(message, row) {
      const isSeen = viewed === row.id && !around.isHidden()
      const isOurs = row.agent_id === people.meId || row.agent_id === null
      if (isOurs && isOpen(row) && !isSeen) alerts.message(message, row)
      if (row.agent_id === people.meId && message.seq !== null) {
        void command({ type: "conversation.delivered", conversation_id: row.id, seq: message.seq }).catch(() => {})
      }
    },
    offered({ conversation_id }) {
      const row = conversations.get(conversation_id)
      if (!row) return healer.heal(conversation_id)
      alerts.offered(row)
      const name = row.contact.name || words.visitor()
      notify({
        key: "done.offered",
        values: { name },
        tone: "news",
        act: { key: "done.open", run: () => open(row.id) },
      })
    },
  })

  const stops = [
    connection.onEvent(event => {
      hear(event)
      if (event.type === "ticket.opened") tickets.put(event.ticket)
    }),
    outbox.onSent(({ client_id }) => {
      const id = toResolve.get(client_id)
      if (id && toResolve.delete(client_id)) void actions.resolve(id)
    }),
    connection.onState(state => {
      online.value = state.name
    }),
    connection.onConnected(() => {
      if (hasConnected) {
        void refresh()
        void api.get<Me>("/me").then(people.replace, () => {})
      }
      hasConnected = true
      if (viewed) sayView()
      wall.resume()
    }),
  ]
  void counts.refresh()

  return {
    api,
    clock,
    upload: options.upload,
    notify,
    people,
    conversations,
    inbox,
    counts,
    threads,
    outbox,
    drafts: createDrafts(storage, people.meId),
    actions,
    alerts,
    tickets,
    wall,
    ticker,
    online,
    reconnect: connection.retry,
    resolveWhenSent: (conversationId, clientId) => void toResolve.set(clientId, conversationId),
    async setPresence(presence) {
      const before = people.me.value
      people.put({ ...before, presence })
      try {
        const reply = await command({ type: "presence.set", presence })
        if (reply.ok) return people.put(reply.agent)
        notify({ key: wordsFor(reply.code), tone: "failed" })
      } catch {
        notify({ key: "error.offline", tone: "failed" })
      }
      people.put(before)
    },
    view(conversationId) {
      stopLeaving()
      if (viewed === conversationId) return
      viewed = conversationId
      sayView()
    },
    leave(conversationId) {
      stopLeaving()
      // Another conversation is usually about to be looked at: one word for both.
      stopLeaving = clock.after(LEAVE_MS, () => {
        if (viewed !== conversationId) return
        viewed = null
        sayView()
      })
    },
    stop() {
      for (const stop of stops) stop()
      stopLeaving()
      alerts.stop()
      ticker.stop()
      threads.stop()
      counts.stop()
      healer.stop()
      inbox.stop()
      outbox.close()
      connection.close()
    },
  }
}
