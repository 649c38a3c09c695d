import type { ConversationView } from "@parley/client/contract"
import type { Outbox } from "@parley/client/outbox"
import { type ShallowRef, shallowRef } from "vue"
import { useApp } from "../shared/context"
import { type Actions, createActions } from "../shared/models/actions"
import type { AgentApp } from "../shared/models/agent-app"
import { type Bulk, createBulk } from "../shared/models/bulk"
import { createTakeBack } from "../shared/models/take-back"
import { HOLD_MS } from "../shared/models/undo"
import type { Uploader } from "../shared/models/uploads"
import { type AfterSend, createAfterSend } from "./models/after-send"
import { createDrafts, type Drafts } from "./models/drafts"
import { createHeldReplies } from "./models/held-replies"
import { createThreads, type Threads } from "./models/threads"
import { createToolbox, type Toolbox } from "./models/toolbox"

export type { Toolbox }

/** What is done in conversations: reading, writing, and everything that changes them. */
export interface ConversationModel {
  threads: Threads
  outbox: Outbox
  drafts: Drafts
  /** What is changed once a message is on the server. */
  afterSend: AfterSend
  actions: Actions
  bulk: Bulk
  toolbox: Toolbox
  upload: Uploader
  maxFileBytes: number
  /** For how long a reply can be taken back before it is sent; 0 when the agent does not want that. */
  holdMs: Readonly<ShallowRef<number>>
  setHold(on: boolean): void
  /** Resolve once this message is on the server, so that it does not land in a resolved conversation. */
  resolveWhenSent(conversationId: string, clientId: string): void
  /** A change was refused because required fields of this conversation are empty. */
  incomplete: ShallowRef<{ id: string; retry: () => unknown } | null>
  /** The conversation being looked at. */
  viewed(): string | null
  /** Tell colleagues what is being looked at. */
  view(conversationId: string): void
  /** No longer, unless something else is looked at by now. */
  leave(conversationId: string): void
  stop(): void
}

export const useConversation = () => useApp().model(createConversationModel)

const LEAVE_MS = 600
const HOLD = "parley.hold"

export function createConversationModel(app: AgentApp): ConversationModel {
  const { api, clock, connection, conversations, doors, notify, people, screen, storage, undo } = app
  const { command } = connection
  const agentId = people.meId
  const held = createHeldReplies({ outbox: doors.outbox, storage, agentId, clock, lastWord: doors.lastWord })
  /** By reply, the conversation nobody had when it was written: the reply may take it. */
  const free = new Map<string, ConversationView>()
  const outbox: Outbox = {
    ...held.outbox,
    async send(draft, more) {
      const row = "conversation_id" in draft ? conversations.get(draft.conversation_id) : undefined
      const entry = await held.outbox.send(draft, more)
      if (row && (row.agent_id === null || row.offer_until) && row.agent_id !== agentId) free.set(entry.client_id, row)
      return entry
    },
    discard(clientId) {
      afterSend.drop(clientId)
      return held.outbox.discard(clientId)
    },
  }
  const drafts = createDrafts({
    storage,
    agentId,
    clock,
    push: draft =>
      command({ type: "draft.save", ...draft }).then(
        reply => reply.ok || reply.code === "not_found",
        () => false,
      ),
  })
  const toolbox = createToolbox(api, drafts.takeAll)
  const author = { kind: "agent" as const, id: agentId, name: people.me.value.name }
  const threads = createThreads({ connection, outbox, clock, me: author, find: conversations.get, hold: screen.hold })
  const takeBack = createTakeBack({ command, conversations, notify })
  const incomplete = shallowRef<ConversationModel["incomplete"]["value"]>(null)
  const onIncomplete = (id: string, retry: () => unknown) => {
    incomplete.value = { id, retry }
  }
  const changing = { command, conversations, people, notify, undo, takeBack, onIncomplete }
  const actions = createActions(changing)
  const bulk = createBulk(changing)
  const afterSend = createAfterSend({ storage, agentId, change: bulk.change })
  const holdMs = shallowRef(storage.getItem(HOLD) === "on" ? HOLD_MS : 0)
  let viewed: string | null = null
  let stopLeaving = () => {}
  let hasConnected = false

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
      const contact = conversations.get(id)?.contact
      const values = { name: contact?.name || doors.words.visitor(contact?.id ?? "") }
      const act = { key: "done.open", run: () => app.open(id) } as const
      notify({ key: "done.kept_as_draft", values, tone: "news", act })
    }
  }

  connection.onEvent(event => {
    if (event.type === "draft.changed") drafts.take(event.draft)
  })
  outbox.onSent(({ client_id, command: sent }) => {
    if (sent && "conversation_id" in sent) drafts.sent(sent.conversation_id)
    const before = free.get(client_id)
    free.delete(client_id)
    if (before && conversations.get(before.id)?.agent_id === agentId) {
      undo.done({ key: "done.claimed", undo: () => takeBack([before]) })
    }
    afterSend.sent(client_id)
  })
  connection.onConnected(() => {
    void toolbox.refresh()
    void settleLeft()
    if (!hasConnected) void outbox.ready.then(() => afterSend.takeUp(outbox.entries()))
    hasConnected = true
    if (viewed) sayView()
  })
  globalThis.addEventListener?.("pagehide", held.leave)
  void toolbox.refresh()

  return {
    threads,
    outbox,
    drafts,
    afterSend,
    incomplete,
    actions,
    bulk,
    toolbox,
    upload: doors.upload,
    maxFileBytes: doors.maxFileBytes,
    holdMs,
    setHold(on) {
      holdMs.value = on ? HOLD_MS : 0
      storage.setItem(HOLD, on ? "on" : "off")
    },
    resolveWhenSent(conversationId, clientId) {
      const what = { status: people.firstStatus("resolved") }
      afterSend.make({ clientIds: [clientId], conversationIds: [conversationId], what, done: { key: "done.resolved" } })
    },
    viewed: () => viewed,
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
      globalThis.removeEventListener?.("pagehide", held.leave)
      stopLeaving()
      drafts.stop()
      threads.stop()
      outbox.close()
    },
  }
}
