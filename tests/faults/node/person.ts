/**
 * One visitor or agent on the client that the widget and the inbox use, told what to do line by line on stdin and
 * telling on stdout what happened. `node person.mjs '{"side": ..., "origin": ..., "token" or "cookie": ...}'`
 */

import { createInterface } from "node:readline"
import { createConnection } from "../../../realtime/client/connection"
import type { AuthorView, ConversationView, MessageView } from "../../../realtime/client/contract"
import { createOutbox } from "../../../realtime/client/outbox"
import type { Side } from "../../../realtime/client/contract"
import { memoryStore } from "../../../realtime/client/store"
import { createThread, type Thread } from "../../../realtime/client/thread"

interface Role {
  side: "visitor" | "agent"
  origin: string
  token: string
  cookie: string
}

type Order = { say: string; body: string; conversation: string | null; note: boolean } | { show: true } | { leave: true }

const role = JSON.parse(process.argv[2] ?? "") as Role
const isAgent = role.side === "agent"
const headers = isAgent ? { Cookie: `parley_session=${role.cookie}`, Origin: role.origin } : {}
const me: AuthorView = { kind: isAgent ? "agent" : "contact", id: "me", name: "" }
const seen = new Set<string>()
const keys: string[] = []

/** A browser sends these by itself. */
class BrowserSocket extends WebSocket {
  constructor(url: string) {
    super(url, { headers } as unknown as string[])
  }
}

const tell = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)

const connection = createConnection<Side>({
  origin: role.origin,
  namespace: isAgent ? "/agent" : "/visitor",
  auth: () => (isAgent ? { contract: 1 } : { token: role.token, contract: 1 }),
  token: () => role.token,
  WebSocket: BrowserSocket as unknown as typeof WebSocket,
  fetch: (url, options = {}) => fetch(url, { ...options, headers: { ...options.headers, ...headers } }),
})
const outbox = createOutbox({
  scope: role.side,
  connection,
  laneOf: command => ("conversation_id" in command ? command.conversation_id : ""),
  store: memoryStore(),
  newId: () => keys.shift() ?? "unasked",
  locks: null,
  channel: null,
})
const threads = new Map<string, Thread<Side>>()

function open(id: string | null): Thread<Side> {
  const known = threads.get(id ?? "")
  if (known) return known
  const thread = createThread<Side>({ side: role.side, conversationId: id, me, connection, outbox })
  threads.set(id ?? "", thread)
  thread.subscribe(() => look(thread))
  return thread
}

function confirmed(thread: Thread<Side>): MessageView[] {
  return thread
    .snapshot()
    .rows.filter(it => it.entry === null)
    .map(it => it.message)
}

function look(thread: Thread<Side>): void {
  for (const message of confirmed(thread)) {
    if (seen.has(message.id)) continue
    seen.add(message.id)
    tell({ seen: message })
  }
}

async function list(): Promise<void> {
  const response = await fetch(`${role.origin}/api/v1/conversations?limit=200`, { headers }).catch(() => null)
  const page = response?.ok ? ((await response.json()) as { conversations: ConversationView[] }) : null
  for (const it of page?.conversations ?? []) open(it.id)
  if (!page) setTimeout(list, 300)
}

connection.onConnected(() => {
  if (isAgent) void list()
  tell({ online: true })
})
connection.onEvent(event => {
  if (!isAgent) return
  if (event.type === "message.created") open(event.message.conversation_id)
  if (event.type === "conversation.changed") open(event.conversation.id)
})
outbox.onSent((entry, reply) => tell({ acked: entry.client_id, message: reply.message }))
outbox.subscribe(() => {
  for (const it of outbox.entries()) if (it.state === "failed") tell({ failed: it.client_id, refused: it.refused })
})
if (!isAgent) open(null)

/** A snapshot holds the last page: read back to the beginning, as somebody who scrolls up does. */
async function readBack(thread: Thread<Side>): Promise<void> {
  for (let most = 1000; thread.snapshot().has_earlier && most > 0; most -= 1) await thread.earlier()
}

async function obey(order: Order): Promise<void> {
  if ("leave" in order) process.exit(0)
  if ("show" in order) {
    const all = [...threads.values()].filter(it => it.snapshot().conversation_id)
    await Promise.all(all.map(readBack))
    tell({ shown: all.map(it => ({ conversation: it.snapshot().conversation_id, messages: confirmed(it) })) })
    return
  }
  keys.push(order.say)
  await open(isAgent ? order.conversation : null).send(order.body, { visibility: order.note ? "internal" : "public" })
}

createInterface({ input: process.stdin }).on("line", line => void obey(JSON.parse(line) as Order))
