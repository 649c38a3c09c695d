import {
  type AnyEvent,
  type AnyReply,
  isTooLarge,
  type Pipe,
  type PipeHandlers,
  REPLY_MS,
  refusal,
  Unanswered,
  type Wire,
} from "./pipe"
import { toJson } from "./text"

const OPEN_MS = 3_000

interface Pending {
  answer(reply: AnyReply): void
  fail(why: "timeout" | "closed"): void
}

/** Socket.IO 5 over one websocket: connect to a namespace, send `command`s that are acked, hear `event`s. */
export function openSocket(wire: Wire, handlers: PipeHandlers): Pipe {
  const { clock, namespace } = wire
  const pending = new Map<number, Pending>()
  let lastId = 0
  let state: "opening" | "online" | "closed" = "opening"
  let silence = OPEN_MS
  let heardAt = clock.now()
  let socket: WebSocket | null = null
  let stopWatchdog = clock.after(OPEN_MS, () => end("too slow"))

  function end(how: "unopened" | "too slow" | "lost" | null): void {
    if (state === "closed") return
    state = "closed"
    stopWatchdog()
    socket?.close()
    for (const it of pending.values()) it.fail("closed")
    pending.clear()
    if (how) handlers.closed(how)
  }

  function refuse(code: string): void {
    end(null)
    handlers.refused(code)
  }

  const lose = () => end(state === "online" ? "lost" : "unopened")

  function hear(text: string): void {
    heardAt = clock.now()
    if (text[0] === "0") greet(JSON.parse(text.slice(1)) as { pingInterval: number; pingTimeout: number })
    if (text[0] === "2") socket?.send("3")
    if (text[0] === "1") lose()
    if (text[0] === "4" && text.startsWith(namespace, 2)) hearPacket(text[1], text.slice(namespace.length + 3))
    if (state === "online") watch()
  }

  /** A line on which nothing has come for so long is dead, whatever it says of itself. */
  function doubt(ms: number): void {
    if (clock.now() - heardAt >= ms) lose()
  }

  function watch(): void {
    stopWatchdog()
    stopWatchdog = clock.after(silence, lose)
  }

  function greet({ pingInterval, pingTimeout }: { pingInterval: number; pingTimeout: number }): void {
    silence = pingInterval + pingTimeout
    socket?.send(`40${namespace},${toJson(wire.auth())}`)
  }

  function hearPacket(kind: string | undefined, rest: string): void {
    if (kind === "0") {
      state = "online"
      handlers.online()
    } else if (kind === "1") lose()
    else if (kind === "2") {
      const [name, event] = JSON.parse(rest) as [string, AnyEvent]
      if (name === "event") handlers.event(event)
    } else if (kind === "3") {
      const start = rest.indexOf("[")
      const id = Number(rest.slice(0, start))
      pending.get(id)?.answer((JSON.parse(rest.slice(start)) as [AnyReply])[0])
    } else if (kind === "4") refuse((JSON.parse(rest) as { message: string }).message)
  }

  try {
    socket = new wire.WebSocket(`${wire.origin.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`)
    socket.onclose = lose
    socket.onerror = lose
    socket.onmessage = ({ data }) => {
      if (state === "closed") return
      try {
        hear(String(data))
      } catch {
        lose()
      }
    }
  } catch {
    clock.after(0, lose)
  }

  return {
    command(command) {
      if (state !== "online") return Promise.reject(new Unanswered("offline"))
      const id = ++lastId
      const frame = `42${namespace},${id}${toJson(["command", command])}`
      if (isTooLarge(frame)) return Promise.resolve(refusal("too_large", "more than 64 kB"))
      return new Promise((resolve, reject) => {
        const settle = (done: () => void) => {
          stopWaiting()
          pending.delete(id)
          done()
        }
        const fail = (why: "timeout" | "closed") => settle(() => reject(new Unanswered(why)))
        const stopWaiting = clock.after(REPLY_MS, () => {
          fail("timeout")
          doubt(REPLY_MS)
        })
        pending.set(id, { answer: reply => settle(() => resolve(reply)), fail })
        socket?.send(frame)
      })
    },
    check: () => doubt(silence),
    close: () => end(null),
  }
}
