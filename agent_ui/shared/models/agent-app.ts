import type { TextStorage } from "@parley/client/browser"
import type { Clock } from "@parley/client/clock"
import type { Connection, ConnectionState } from "@parley/client/connection"
import type { AgentSide, ConfigArea, Me } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "./api"
import type { Doors } from "./browser-doors"
import { type Conversations, createConversations } from "./conversations"
import { createEvents } from "./events"
import { FIRST } from "./order"
import { createPeople, type People } from "./people"
import { createRowRefetch, type RowRefetch } from "./row-refetch"
import { createScreen, type Screen } from "./screen"
import { createTicker, type Ticker } from "./ticker"
import type { Notify } from "./toasts"
import { createUndo, type Undo } from "./undo"

export interface AgentAppOptions {
  me: Me
  api: Api
  connection: Connection<AgentSide>
  clock: Clock
  storage: TextStorage
  notify: Notify
  doors: Doors
  /** The reader's language, for names that admins have written in several. */
  locale?: () => string
  /** Show a conversation, because a notification or a toast was clicked. */
  open(conversationId: string): void
}

/** What all areas stand on while an agent is signed in: the connection, and who and what there is. Each area adds its models. */
export interface AgentApp {
  connection: Connection<AgentSide>
  people: People
  conversations: Conversations
  api: Api
  clock: Clock
  storage: TextStorage
  notify: Notify
  undo: Undo
  ticker: Ticker
  screen: Screen
  rowRefetch: RowRefetch
  doors: Doors
  /** How the connection stands. */
  online: Readonly<ShallowRef<ConnectionState["name"]>>
  open(conversationId: string): void
  /** All colleagues are on the screen, until what this returns is called: as they are now, and as they move. */
  showPeople(): () => void
  /** Calls with the area an admin has just changed, here or elsewhere; returns what ends it. */
  onConfig(listener: (area: ConfigArea) => void): () => void
  /** What `make` makes, once for as long as the agent is signed in. It is stopped with the app where it can be. */
  model<M extends object>(make: (app: AgentApp) => M): M
  stop(): void
}

export function createAgentApp({
  me,
  api,
  connection,
  clock,
  storage,
  notify,
  doors,
  locale,
  open,
}: AgentAppOptions): AgentApp {
  const { command } = connection
  const config = createListeners<[ConfigArea]>()
  const people = createPeople(me, locale)
  const conversations = createConversations()
  const screen = createScreen(command, FIRST)
  const rowRefetch = createRowRefetch(command, conversations, clock)
  const ticker = createTicker(clock)
  const online = shallowRef(connection.state().name)
  const models = new Map<unknown, object & { stop?(): void }>()
  let hasConnected = false
  let epoch: string | null = null

  const refreshMe = () => api.get<Me>("/me").then(people.replace, () => {})
  const put = createEvents({ conversations, people, rowRefetch })
  const stops = [
    connection.onEvent(event => {
      if (event.type === "heads" && event.epoch !== epoch) {
        // Restored from a backup: what is held may be of a future that never was.
        if (epoch !== null) conversations.clear()
        epoch = event.epoch
      }
      put(event)
      if (event.type === "config.changed") {
        void refreshMe()
        config.tell(event.area)
      }
    }),
    connection.onState(state => {
      online.value = state.name
    }),
    connection.onConnected(() => {
      screen.say()
      if (hasConnected) void refreshMe()
      hasConnected = true
    }),
  ]

  const app: AgentApp = {
    connection,
    people,
    conversations,
    api,
    clock,
    storage,
    notify,
    undo: createUndo(notify),
    ticker,
    screen,
    rowRefetch,
    doors,
    online,
    open,
    showPeople() {
      const stop = screen.people()
      void refreshMe()
      return stop
    },
    onConfig: config.add,
    model<M extends object>(make: (app: AgentApp) => M): M {
      const made = (models.get(make) as M | undefined) ?? make(app)
      models.set(make, made)
      return made
    },
    stop() {
      for (const stop of stops) stop()
      for (const model of models.values()) model.stop?.()
      ticker.stop()
      rowRefetch.stop()
      connection.close()
    },
  }
  return app
}
