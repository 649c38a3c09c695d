import type { TextStorage } from "@parley/client/browser"
import type { Clock } from "@parley/client/clock"
import type { Connection, ConnectionState } from "@parley/client/connection"
import type { AgentIs, ConfigArea, ConversationView, Me, Presence } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import type { Outbox, Sendable } from "@parley/client/outbox"
import { timedId } from "@parley/client/outbox"
import type { AgentSide } from "@parley/client/sides"
import { computed, type ShallowRef, shallowRef } from "vue"
import type { Link } from "../../contacts/models/contact"
import { type AfterSend, createAfterSend } from "../../conversation/models/after-send"
import { createDrafts, type Drafts } from "../../conversation/models/drafts"
import { createHeldReplies } from "../../conversation/models/held-replies"
import { createThreads, type Threads } from "../../conversation/models/threads"
import { createToolbox, type Toolbox } from "../../conversation/models/toolbox"
import type { Uploader } from "../../conversation/models/uploads"
import { type Alerts, type AlertWords, createAlerts, type Surroundings } from "../../inbox/models/alerts"
import { createCounts, type ViewCounts } from "../../inbox/models/counts"
import { createInbox, FIRST, type Inbox } from "../../inbox/models/inbox"
import { createOffered } from "../../inbox/models/offered"
import { createScreen, type Screen } from "../../inbox/models/screen"
import { createSelection, type Selection } from "../../inbox/models/selection"
import type { FoundArticles } from "../../knowledge/models/article-search"
import { createSetup, type Setup } from "../../settings/setup/model"
import { createTickets, type Tickets } from "../../tickets/model"
import { createSupervising, type Supervising } from "../../wall/models/supervising"
import { createWall, type Wall } from "../../wall/models/wall"
import { createWarnings, type Warnings } from "../../warnings/model"
import { type Actions, createActions } from "./actions"
import type { Api } from "./api"
import { type Bulk, createBulk } from "./bulk"
import { type Conversations, createConversations } from "./conversations"
import { createEvents } from "./events"
import { belongs, isOpen } from "./order"
import { createPeople, type People } from "./people"
import { wordsFor } from "./refusals"
import { createRowRefetch } from "./row-refetch"
import { createTakeBack } from "./take-back"
import { createTicker, type Ticker } from "./ticker"
import type { Notify } from "./toasts"
import { createUndo, HOLD_MS, type Undo } from "./undo"

export interface AgentAppOptions {
  me: Me
  api: Api
  connection: Connection<AgentSide>
  outbox: Outbox
  /** Says a command without waiting for the answer, also while the page goes. */
  lastWord(command: Sendable): void
  clock: Clock
  storage: TextStorage
  around: Surroundings
  upload: Uploader
  notify: Notify
  words: AlertWords
  /** Show a conversation, because a notification or a toast was clicked. */
  open(conversationId: string): void
}

/** Everything a signed-in agent works with. Made at sign-in, stopped at sign-out. */
export interface AgentApp {
  api: Api
  /** For models of one screen: to ask, and to listen for events. */
  link: Link
  clock: Clock
  upload: Uploader
  notify: Notify
  people: People
  conversations: Conversations
  inbox: Inbox
  screen: Screen
  /** All colleagues are on the screen, until what this returns is called: as they are now, and as they move. */
  showPeople(): () => void
  counts: ViewCounts
  threads: Threads
  outbox: Outbox
  drafts: Drafts
  actions: Actions
  bulk: Bulk
  undo: Undo
  /** What is changed once a message is on the server. */
  afterSend: AfterSend
  selection: Selection
  toolbox: Toolbox
  alerts: Alerts
  /** For how long a reply can be taken back before it is sent; 0 when the agent does not want that. */
  holdMs: Readonly<ShallowRef<number>>
  setHold(on: boolean): void
  /** Whether keys that write a character are commands. */
  keysOn: Readonly<ShallowRef<boolean>>
  setKeys(on: boolean): void
  tickets: Tickets
  wall: Wall
  supervising: Supervising
  warnings: Warnings
  setup: Setup
  ticker: Ticker
  /** Calls with the area an admin has just changed, here or elsewhere; returns what ends it. */
  onConfig(told: (area: ConfigArea) => void): () => void
  /** As large as the server takes a file. */
  maxFileBytes: number
  online: Readonly<ShallowRef<ConnectionState["name"]>>
  reconnect(): void
  /** Resolve once this message is on the server, so that it does not land in a resolved conversation. */
  resolveWhenSent(conversationId: string, clientId: string): void
  setPresence(presence: Presence): Promise<void>
  /** Whether this agent is shown as away when nobody touches a key for a while. */
  setIdle(on: boolean): Promise<void>
  setTakesChats(on: boolean): Promise<void>
  /** Articles that may answer; null when the search could not be done. */
  searchArticles(query: string): Promise<FoundArticles | null>
  /** The same for what the contact of a conversation asks for. */
  suggestArticles(conversationId: string): Promise<FoundArticles | null>
  /** Tell colleagues what is being looked at. */
  view(conversationId: string): void
  /** No longer, unless something else is looked at by now. */
  leave(conversationId: string): void
  stop(): void
}

const LEAVE_MS = 600
const IDLE_SECONDS = 600
/** What moves elsewhere in the company is not told to this screen, so its counts are asked for. */
const COUNT_MS = 15_000
const HOLD = "parley.hold"
const SINGLE_KEYS = "parley.single_keys"

export function createAgentApp(options: AgentAppOptions): AgentApp {
  const { me, api, connection, clock, storage, around, notify, words, open } = options
  const { command } = connection
  const { storage: kept, lastWord } = options
  const held = createHeldReplies({ outbox: options.outbox, storage: kept, agentId: me.agent.id, clock, lastWord })
  /** By reply, the conversation nobody had when it was written: the reply may take it. */
  const free = new Map<string, ConversationView>()
  const config = createListeners<[ConfigArea]>()
  const refreshMe = () => api.get<Me>("/me").then(people.replace, () => {})
  const outbox: Outbox = {
    ...held.outbox,
    async send(draft, more) {
      const row = "conversation_id" in draft ? conversations.get(draft.conversation_id) : undefined
      const entry = await held.outbox.send(draft, more)
      if (row && (row.agent_id === null || row.offer_until) && row.agent_id !== people.meId)
        free.set(entry.client_id, row)
      return entry
    },
    discard(clientId) {
      afterSend.drop(clientId)
      return held.outbox.discard(clientId)
    },
  }
  const people = createPeople(me)
  const conversations = createConversations()
  const positionOf = (key: string) => people.statuses.value.findIndex(status => status.key === key)
  const screen = createScreen(command, FIRST)
  const inbox = createInbox(api, conversations, people.meId, clock, positionOf, screen.show)
  const drafts = createDrafts({
    storage,
    agentId: people.meId,
    clock,
    push: draft =>
      command({ type: "draft.save", ...draft }).then(
        reply => reply.ok || reply.code === "not_found",
        () => false,
      ),
  })
  const toolbox = createToolbox(api, drafts.takeAll)
  const counts = createCounts(api, conversations, clock, people.meId, () => toolbox.views.value)
  const selection = createSelection(() => inbox.list.value.rows.value)
  const rowRefetch = createRowRefetch(command, conversations, clock)
  const tickets = createTickets(api)
  const wall = createWall(command, storage)
  const supervising = createSupervising({ command, conversations, notify, newId: timedId })
  const warnings = createWarnings(api, () => people.may("wall.watch"))
  const setup = createSetup(api, () => people.may("people.manage"))
  const ticker = createTicker(clock)
  const author = { kind: "agent" as const, id: people.meId, name: people.me.value.name }
  const threads = createThreads({ connection, outbox, clock, me: author, find: conversations.get, hold: screen.hold })
  const undo = createUndo(notify)
  const takeBack = createTakeBack({ command, conversations, notify })
  const actions = createActions({ command, conversations, people, notify, undo, takeBack })
  const bulk = createBulk({ command, conversations, people, notify, undo, takeBack })
  const afterSend = createAfterSend({ storage, agentId: people.meId, change: bulk.change })
  const holdMs = shallowRef(storage.getItem(HOLD) === "on" ? HOLD_MS : 0)
  const keysOn = shallowRef(storage.getItem(SINGLE_KEYS) !== "off")
  const online = shallowRef(connection.state().name)
  const unread = computed(() => conversations.unreadOf(people.meId))
  const alerts = createAlerts({
    around,
    clock,
    storage,
    words,
    unread,
    open,
    place: () => people.workspaceName.value || "Parley",
    isBusy: () => people.me.value.presence === "busy",
  })
  const offered = createOffered({
    storage,
    agentId: people.meId,
    clock,
    conversations,
    notify,
    nameOf: row => row.contact.name || words.visitor(row.contact.id),
    ring: alerts.offered,
    open,
  })
  let viewed: string | null = null
  let stopLeaving = () => {}
  let hasConnected = false
  let epoch: string | null = null

  const sayView = () => void command({ type: "conversation.view", conversation_id: viewed }).catch(() => {})

  /** A reply that its page held back when it was closed has left, or is a draft again: it never leaves later. */
  async function settleLeft() {
    await outbox.ready
    for (const entry of held.left()) {
      const { conversation_id: id } = entry.command as { conversation_id: string }
      const asked = { type: "conversation.sync", conversation_id: id, after_rev: 0, newest: true } as const
      const reply = await command(asked).catch(() => null)
      if (!reply || (!reply.ok && reply.code !== "not_found" && reply.code !== "forbidden")) return
      if (reply.ok && reply.messages.some(message => message.client_id === entry.client_id)) {
        await held.outbox.discard(entry.client_id)
        afterSend.sent(entry.client_id)
        continue
      }
      drafts.takeBack(id, entry)
      await outbox.discard(entry.client_id)
      const values = {
        name: conversations.get(id)?.contact.name || words.visitor(conversations.get(id)?.contact.id ?? ""),
      }
      const act = { key: "done.open", run: () => open(id) } as const
      notify({ key: "done.kept_as_draft", values, tone: "news", act })
    }
  }

  async function refresh() {
    await Promise.all([inbox.refresh(), counts.refresh()])
  }

  const onEvent = createEvents({
    conversations,
    people,
    rowRefetch,
    wall: wall.put,
    wallMoved: wall.move,
    draft: drafts.take,
    // A view that is new here has not been counted yet.
    toolboxChanged: () => void toolbox.refresh().then(counts.refresh),
    warningsChanged: () => void warnings.refresh(),
    configChanged: area => {
      void refreshMe()
      config.tell(area)
    },
    written(message, row) {
      const isSeen = viewed === row.id && !around.isHidden()
      const isOurs = row.agent_id === people.meId || row.agent_id === null
      if (isOurs && isOpen(row) && !isSeen) alerts.message(message, row)
      if (row.agent_id === people.meId && message.seq !== null) {
        void command({ type: "conversation.delivered", conversation_id: row.id, seq: message.seq }).catch(() => {})
      }
    },
    noted(message, row) {
      if (viewed !== row.id) {
        const act = { key: "done.open", run: () => open(row.id) } as const
        notify({ key: "done.noted", values: { name: message.author.name }, tone: "news", act })
      }
      alerts.message(message, row)
    },
    moved({ conversation_id: id, type: _, ...now }) {
      const { filter } = inbox.list.value
      if (belongs({ ...now, id } as unknown as ConversationView, filter, people.meId)) rowRefetch.refetch(id)
    },
    escalated({ conversation_id, contact_name, level, reason, by_id, by_name }) {
      if (by_id === people.meId) return
      const contact = contact_name || words.visitor(conversations.get(conversation_id)?.contact.id ?? "")
      alerts.escalated(conversation_id, `${contact}: ${reason}`)
      notify({
        key: "done.escalated_by",
        values: { name: by_name, contact, level },
        tone: "news",
        act: { key: "done.open", run: () => open(conversation_id) },
      })
    },
    offered(event) {
      if (!conversations.get(event.conversation_id)) rowRefetch.refetch(event.conversation_id)
      offered.given(event)
    },
  })

  const stops = [
    connection.onEvent(event => {
      if (event.type === "heads" && event.epoch !== epoch) {
        // Restored from a backup: what is held may be of a future that never was.
        if (epoch !== null) conversations.clear()
        epoch = event.epoch
      }
      onEvent(event)
      if (event.type === "config.changed") void setup.refresh()
      if (event.type === "ticket.opened" || event.type === "ticket.changed") tickets.put(event.ticket)
    }),
    outbox.onSent(({ client_id, command: sent }) => {
      if (sent && "conversation_id" in sent) drafts.sent(sent.conversation_id)
      const before = free.get(client_id)
      free.delete(client_id)
      if (before && conversations.get(before.id)?.agent_id === people.meId) {
        undo.done({ key: "done.claimed", undo: () => takeBack([before]) })
      }
      afterSend.sent(client_id)
    }),
    connection.onState(state => {
      online.value = state.name
    }),
    connection.onConnected(() => {
      screen.say()
      void refresh() // what was fetched before may have moved before we could hear of it
      void toolbox.refresh()
      void warnings.refresh()
      void settleLeft()
      void setup.refresh()
      if (!hasConnected) {
        void outbox.ready.then(() => afterSend.takeUp(outbox.entries()))
      } else {
        void refreshMe()
      }
      hasConnected = true
      if (viewed) sayView()
      wall.resume()
    }),
  ]
  let stopCounting = () => {}
  const countOn = () => {
    stopCounting = clock.after(COUNT_MS, () => {
      if (!around.isHidden()) void counts.refresh()
      countOn()
    })
  }
  countOn()
  void toolbox.refresh()
  void counts.refresh()
  globalThis.addEventListener?.("pagehide", held.leave)

  return {
    api,
    link: connection,
    clock,
    upload: options.upload,
    notify,
    people,
    conversations,
    inbox,
    screen,
    showPeople() {
      const stop = screen.people()
      void refreshMe()
      return stop
    },
    counts,
    threads,
    outbox,
    drafts,
    actions,
    bulk,
    undo,
    afterSend,
    selection,
    toolbox,
    holdMs,
    setHold(on) {
      holdMs.value = on ? HOLD_MS : 0
      storage.setItem(HOLD, on ? "on" : "off")
    },
    keysOn,
    setKeys(on) {
      keysOn.value = on
      storage.setItem(SINGLE_KEYS, on ? "on" : "off")
    },
    alerts,
    tickets,
    wall,
    supervising,
    warnings,
    setup,
    ticker,
    maxFileBytes: me.max_file_bytes,
    online,
    reconnect: connection.retry,
    resolveWhenSent(conversationId, clientId) {
      const what = { status: people.firstStatus("resolved") }
      afterSend.make({ clientIds: [clientId], conversationIds: [conversationId], what, done: { key: "done.resolved" } })
    },
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
    async setIdle(on) {
      const reply = await api.put<AgentIs>("/me/idle", { idle_seconds: on ? IDLE_SECONDS : null }).catch(() => null)
      if (reply) people.put(reply.agent)
      else notify({ key: "error.offline", tone: "failed" })
    },
    async setTakesChats(on) {
      const reply = await api.put<AgentIs>("/me/takes-chats", { takes_chats: on }).catch(() => null)
      if (reply) people.put(reply.agent)
      else notify({ key: "error.offline", tone: "failed" })
    },
    async searchArticles(query) {
      const reply = await command({ type: "article.search", query }).catch(() => null)
      return reply?.ok ? reply : null
    },
    async suggestArticles(conversationId) {
      const reply = await command({ type: "article.suggest", conversation_id: conversationId }).catch(() => null)
      return reply?.ok ? reply : null
    },
    onConfig: config.add,
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
      globalThis.removeEventListener?.("pagehide", held.leave)
      stopLeaving()
      stopCounting()
      drafts.stop()
      alerts.stop()
      offered.stop()
      ticker.stop()
      threads.stop()
      counts.stop()
      rowRefetch.stop()
      inbox.stop()
      outbox.close()
      connection.close()
    },
  }
}
