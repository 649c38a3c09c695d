import type { Clock } from "../clock"
import type { MessageView, VisitorConversationView } from "../contract"

/** Let everything that only waits for promises run. */
export function settled(): Promise<void> {
  return new Promise(done => setTimeout(done, 0))
}

/** Time that passes only when told. */
export class TravelClock implements Clock {
  #now = 1_750_000_000_000
  #timers: { at: number; run: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(it => it !== timer)
    }
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settled()
      const next = this.#timers.filter(it => it.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#timers = this.#timers.filter(it => it !== next)
      this.#now = next.at
      next.run()
    }
    this.#now = end
    await settled()
  }
}

export interface HeardCommand {
  type: string
  client_id?: string
  [field: string]: unknown
}

/** One websocket as the network sees it, with a Socket.IO server's half of the talk. */
export class FakeSocket {
  static how: "open" | "accept" | "refuse" | "hang" = "open"
  static all: FakeSocket[] = []
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1)
    if (!socket) throw new Error("no socket was opened")
    return socket
  }
  static reset(): void {
    FakeSocket.how = "open"
    FakeSocket.all = []
  }

  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  sent: string[] = []
  isClosed = false

  constructor(readonly url: string) {
    FakeSocket.all.push(this)
    if (FakeSocket.how === "open" || FakeSocket.how === "accept") {
      queueMicrotask(() => this.push('0{"sid":"x","pingInterval":25000,"pingTimeout":20000}'))
    }
    if (FakeSocket.how === "refuse") queueMicrotask(() => this.cut())
  }

  send(frame: string): void {
    this.sent.push(frame)
    if (FakeSocket.how === "accept" && frame.startsWith("40")) queueMicrotask(() => this.accept())
  }

  close(): void {
    this.isClosed = true
  }

  push(frame: string): void {
    this.onmessage?.({ data: frame })
  }

  cut(): void {
    this.isClosed = true
    this.onclose?.()
  }

  get namespace(): string {
    return (
      this.sent
        .find(it => it.startsWith("40"))
        ?.slice(2)
        .split(",")[0] ?? ""
    )
  }

  get auth(): unknown {
    return JSON.parse(this.sent.find(it => it.startsWith("40"))?.replace(/^40[^,]*,/, "") ?? "null")
  }

  accept(): void {
    this.push(`40${this.namespace},{"sid":"y"}`)
    this.event({ type: "heads", epoch: "1", heads: [] })
  }

  refuse(code: string): void {
    this.push(`44${this.namespace},{"message":"${code}"}`)
  }

  event(event: object): void {
    this.push(`42${this.namespace},${JSON.stringify(["event", event])}`)
  }

  /** Commands in the order they came, with the ids to answer them by. */
  get commands(): { id: number; command: HeardCommand }[] {
    return this.sent
      .filter(it => it.startsWith("42"))
      .map(it => {
        const rest = it.slice(it.indexOf(",") + 1)
        const start = rest.indexOf("[")
        return {
          id: Number(rest.slice(0, start)),
          command: (JSON.parse(rest.slice(start)) as [string, HeardCommand])[1],
        }
      })
  }

  answer(id: number, reply: object): void {
    this.push(`43${this.namespace},${id}${JSON.stringify([reply])}`)
  }

  answerLast(reply: object): void {
    this.answer(this.commands.at(-1)?.id ?? 0, reply)
  }
}

export const asWebSocket = FakeSocket as unknown as typeof WebSocket

export const CONVERSATION = "00000000-0000-7000-8000-000000000001"
const MARKS = { contact_delivered_seq: 0, contact_read_seq: 0, agent_delivered_seq: 0, agent_read_seq: 0 }

export function message(seq: number | null, more: Partial<MessageView> = {}): MessageView {
  return {
    id: more.client_id ?? `m${seq ?? more.rev}`,
    client_id: null,
    conversation_id: CONVERSATION,
    seq,
    rev: null,
    author: { kind: "agent", id: "a1", name: "Ana" },
    visibility: "public",
    channel: "chat",
    system: null,
    body: `message ${seq}`,
    attachments: [],
    created_at: "2025-06-15T12:00:00Z",
    ...more,
  }
}

export function conversation(seq: number, more: Partial<VisitorConversationView> = {}): VisitorConversationView {
  return {
    id: CONVERSATION,
    category: "open",
    seq,
    marks: MARKS,
    agent_name: null,
    queue: null,
    ticket_number: null,
    rating: null,
    preview: "",
    last_message_at: "2025-06-15T12:00:00Z",
    created_at: "2025-06-15T12:00:00Z",
    ...more,
  }
}

export function refused(code: string, retrySeconds: number | null = null): object {
  return { ok: false, code, detail: code, retry_seconds: retrySeconds, missed: [] }
}
