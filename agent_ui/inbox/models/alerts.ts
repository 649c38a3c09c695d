import type { Clock } from "@parley/client/clock"
import type { ConversationView, MessageView } from "@parley/client/contract"
import { type ShallowRef, shallowRef, watch } from "vue"
import type { AlertWords, Surroundings } from "../../shared/models/browser-doors"

export interface AlertsOptions {
  around: Surroundings
  clock: Clock
  storage: Pick<Storage, "getItem" | "setItem">
  words: AlertWords
  /** What the window's title says: the workspace's name. */
  place(): string
  isBusy(): boolean
  /** How many conversations of this agent hold something unread. */
  unread: Readonly<ShallowRef<number>>
  open(conversationId: string): void
}

export interface Alerts {
  hasSound: Readonly<ShallowRef<boolean>>
  hasDesktop: Readonly<ShallowRef<boolean>>
  /** Do not disturb: no sound, no notification, nothing in the title. */
  isSilent: Readonly<ShallowRef<boolean>>
  setSilent(on: boolean): void
  setSound(on: boolean): void
  /** Asks the browser's permission, so call it from a click. */
  setDesktop(on: boolean): Promise<void>
  message(message: MessageView, row: ConversationView): void
  offered(row: ConversationView): void
  /** Rings also for a supervisor who is busy: it is meant for them. */
  escalated(conversationId: string, body: string): void
  /** A sound alone, for what the wall has to say. */
  alarm(key: string): void
  stop(): void
}

const QUIET_MS = 1000
const SOUND = "parley.sound"
const DESKTOP = "parley.desktop"
const SILENT = "parley.silent"

/** Title, sound and desktop notification: each once, and none while the agent is busy or not to be disturbed. */
export function createAlerts(options: AlertsOptions): Alerts {
  const { around, clock, storage, words, place, isBusy, unread, open } = options
  const hasSound = shallowRef(storage.getItem(SOUND) !== "off")
  const hasDesktop = shallowRef(storage.getItem(DESKTOP) === "on" && around.canNotify())
  const isSilent = shallowRef(storage.getItem(SILENT) === "on")
  let quietUntil = 0

  const stopTitle = watch(
    () => [isSilent.value ? 0 : unread.value, place()] as const,
    ([count, place]) => {
      around.setTitle(count > 0 ? `(${count}) ${place}` : place)
      around.setBadge(count)
    },
    { immediate: true },
  )

  async function ring(key: string) {
    if (!hasSound.value || clock.now() < quietUntil) return
    quietUntil = clock.now() + QUIET_MS
    if (await around.isFirstToRing(key)) around.beep()
  }

  function show(row: ConversationView, title: string, body: string) {
    if (hasDesktop.value && around.isHidden()) around.notify(title, body, row.id, () => open(row.id))
  }

  return {
    hasSound,
    hasDesktop,
    isSilent,
    setSilent(on) {
      isSilent.value = on
      storage.setItem(SILENT, on ? "on" : "off")
    },
    setSound(on) {
      hasSound.value = on
      storage.setItem(SOUND, on ? "on" : "off")
      if (on) around.beep()
    },
    async setDesktop(on) {
      hasDesktop.value = on && (around.canNotify() || (await around.askToNotify()))
      storage.setItem(DESKTOP, hasDesktop.value ? "on" : "off")
    },
    message(message, row) {
      if (isBusy() || isSilent.value) return
      void ring(message.id)
      const { kind, name } = message.author
      show(row, (kind === "agent" ? name : row.contact.name) || words.visitor(row.contact.id), message.body)
    },
    offered(row) {
      if (isBusy() || isSilent.value) return
      void ring(row.id)
      show(row, words.offered(), `${row.contact.name || words.visitor(row.contact.id)}: ${row.preview}`)
    },
    escalated(id, body) {
      if (isSilent.value) return
      void ring(`escalated:${id}`)
      if (hasDesktop.value && around.isHidden()) around.notify(words.escalated(), body, id, () => open(id))
    },
    alarm(key) {
      if (!isSilent.value) void ring(key)
    },
    stop() {
      stopTitle()
      around.setTitle(place())
      around.setBadge(0)
    },
  }
}
