import { openStorage } from "@parley/client/browser"
import { systemClock } from "@parley/client/clock"
import { createConnection } from "@parley/client/connection"
import type { AgentSide } from "@parley/client/contract"
import { CONTRACT_VERSION, type Me } from "@parley/client/contract"
import { createOutbox, type OutboxOptions, type Sendable } from "@parley/client/outbox"
import { leftBehind } from "../conversation/models/held-replies"
import { type AgentApp, createAgentApp } from "../shared/models/agent-app"
import type { Api } from "../shared/models/api"
import { contactName } from "../shared/models/contact-name"
import type { Notify } from "../shared/models/toasts"
import { createFittingUploader, createUploader } from "../shared/models/uploads"
import type { Words } from "../shared/words/translate"
import { browserSurroundings } from "./browser"

export interface OpenApp {
  me: Me
  api: Api
  words: Words
  notify: Notify
  open(conversationId: string): void
  /** The server no longer knows this session. */
  onSignedOut(): void
}

/** Leaves even while the page goes. The same client_id makes it the same message, should it be sent once more. */
function lastWord(command: Sendable): void {
  const headers = { "Content-Type": "application/json" }
  fetch("/api/v1/commands", { method: "POST", headers, body: JSON.stringify(command), keepalive: true }).catch(() => {})
}

/** The app over the real network, clock and storage. */
export function openApp({ me, api, words, notify, open, onSignedOut }: OpenApp): AgentApp {
  const storage = openStorage("localStorage")
  const connection = createConnection<AgentSide>({
    origin: location.origin,
    namespace: "/agent",
    auth: () => ({ contract: CONTRACT_VERSION }),
  })
  connection.onState(state => {
    if (state.name === "refused" && state.code === "unauthenticated") onSignedOut()
  })
  const outbox = createOutbox({
    scope: `agent:${me.agent.id}`,
    connection: connection as unknown as OutboxOptions["connection"],
    // A message that cannot be sent in one conversation holds up no other.
    laneOf: command => ("conversation_id" in command ? command.conversation_id : ""),
    isStopped: leftBehind(storage, me.agent.id, systemClock.now()),
  })
  return createAgentApp({
    me,
    api,
    connection,
    clock: systemClock,
    storage,
    notify,
    doors: {
      outbox,
      lastWord,
      around: browserSurroundings(),
      upload: createFittingUploader(createUploader(XMLHttpRequest), me.max_file_bytes),
      maxFileBytes: me.max_file_bytes,
      words: {
        visitor: id => contactName(words.t, id, ""),
        offered: () => words.t("alert.offered"),
        escalated: () => words.t("alert.escalated"),
      },
    },
    locale: () => words.locale,
    open,
  })
}
