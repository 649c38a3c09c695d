import type { Clock } from "@parley/client/clock"
import type { Key } from "../words/translate"
import { COMMAND_IDS, type CommandId, specOf } from "./commands"
import type en from "./words.en.json"

export interface Shortcut {
  keys: readonly string[]
  name: Key | keyof typeof en
  command: CommandId | null
}

export interface ShortcutGroup {
  name: Key | keyof typeof en
  shortcuts: readonly Shortcut[]
}

/** The keys of a command, one after another; none where it has none. */
export const keysOf = (id: CommandId): readonly string[] => specOf(id).keys?.split(" ") ?? []

const WRITING: readonly CommandId[] = ["reply", "note", "insert_first", "insert_second", "insert_third"]

function shortcutsOf(belongs: (id: CommandId) => boolean): Shortcut[] {
  const ids = COMMAND_IDS.filter(id => belongs(id) && keysOf(id).length > 0)
  return ids.map(id => ({ keys: keysOf(id), name: specOf(id).name, command: id }))
}

const isMoving = (id: CommandId) => specOf(id).group === "list" || specOf(id).group === "go"

/** The whole map: what is listed under `?` is what works. The composer obeys those without a command itself. */
export const SHORTCUTS: readonly ShortcutGroup[] = [
  { name: "keys.moving", shortcuts: shortcutsOf(isMoving) },
  { name: "keys.acting", shortcuts: shortcutsOf(id => !isMoving(id) && !WRITING.includes(id)) },
  {
    name: "keys.writing",
    shortcuts: [
      ...shortcutsOf(id => WRITING.includes(id)),
      { keys: ["enter"], name: "keys.send", command: null },
      { keys: ["shift+enter"], name: "keys.new_line", command: null },
      { keys: ["mod+enter"], name: "keys.send_resolve", command: null },
      { keys: ["/"], name: "keys.canned", command: null },
      { keys: ["tab"], name: "keys.gap", command: null },
    ],
  },
]

/** A key that writes a character: those can be switched off, and may be meant as text. */
export const isCharacter = (name: string): boolean =>
  !name.startsWith("mod+") && name.replace("shift+", "").length === 1

export interface Pressed {
  key: string
  /** The place of the key, whatever is printed on it. */
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  repeat: boolean
}

/**
 * "mod+k", "shift+enter", "?": shift is already in a printed character. On a layout without Latin letters the place of
 * the key counts: Ctrl+Л is Ctrl+K there.
 */
export function nameOf(pressed: Pressed): string {
  const isLatin = /^[\x20-\x7e]$/.test(pressed.key)
  const place = /^Key([A-Z])$/.exec(pressed.code)?.[1]
  const isWritten = pressed.key.length === 1 || /[^\x20-\x7e]/.test(pressed.key)
  const name = (place && isWritten && !isLatin ? place : pressed.key).toLowerCase()
  const mod = pressed.ctrlKey || pressed.metaKey ? "mod+" : ""
  const shift = pressed.shiftKey && (name.length > 1 || /^[a-z]$/.test(name)) ? "shift+" : ""
  return `${mod}${shift}${name}`
}

export interface KeyboardOptions {
  clock: Clock
  /** Whether keys that write a character are commands at all. */
  hasSingleKeys(): boolean
  /** Whether something on this page obeys the command now. */
  knows(id: CommandId): boolean
  /** Whether a command waits for a moment, for what is typed next to show that it was no command. */
  waits(id: CommandId): boolean
  /** A command that has waited is due. */
  due(id: CommandId): void
}

export interface Keyboard {
  /** The command to run now, if any. In a field, only keys that write nothing count. */
  press(pressed: Pressed, isInField: boolean): CommandId | null
  /** The agent did something with the mouse: what is pressed next is meant where it goes. */
  touch(): void
  stop(): void
}

const SEQUENCE_MS = 1000
/** Two letters closer together than this are a word. */
export const WAIT_MS = 180
/** A pause this long ends a word. */
const PAUSE_MS = 800
/** Writing goes on for so long after the field has lost the focus by itself. */
const LOST_MS = 1500
const MOVES: readonly CommandId[] = ["next", "previous", "mark_next", "mark_previous"]

/** Commands out of keys; typing that has no field, or has just lost it, is none. */
export function createKeyboard({ clock, hasSingleKeys, knows, waits, due }: KeyboardOptions): Keyboard {
  /** By their keys; of two with the same keys, the one that this page knows is meant. */
  const commands = new Map<string, CommandId[]>()
  const starts = new Set<string>()
  for (const id of COMMAND_IDS) {
    const keys = keysOf(id)
    if (keys.length === 0) continue
    const name = keys.join(" ")
    commands.set(name, [...(commands.get(name) ?? []), id])
    if (keys.length > 1) starts.add(keys[0] ?? "")
  }
  function commandOf(name: string): CommandId | undefined {
    const ids = commands.get(name) ?? []
    return ids.length > 1 ? (ids.find(knows) ?? ids.at(-1)) : ids[0]
  }
  let first: { name: string; until: number } | null = null
  let waiting: { id: CommandId; stop: () => void } | null = null
  /** A letter was written in a field, and nothing but letters since. */
  let writtenAt = Number.NEGATIVE_INFINITY
  let typedAt = Number.NEGATIVE_INFINITY
  let isTyping = false

  function drop(): CommandId | null {
    waiting?.stop()
    const dropped = waiting?.id ?? null
    waiting = null
    return dropped
  }

  function runWaiting() {
    const id = drop()
    if (id) due(id)
  }

  function touch() {
    writtenAt = Number.NEGATIVE_INFINITY
    isTyping = false
    runWaiting()
  }

  /** Letters that are meant as text: the first of them may have been taken for a command. */
  function isText(name: string, now: number): boolean {
    if (now - writtenAt < LOST_MS) {
      writtenAt = now
      return true
    }
    if (isTyping && now - typedAt < PAUSE_MS) return true
    isTyping = false
    const isSequence = first !== null && commands.has(`${first.name} ${name}`)
    const id = commandOf(name)
    if (waiting && id !== undefined && MOVES.includes(id)) runWaiting()
    else if (waiting) {
      drop()
      // Undo right after it: then it has not been done at all.
      if (id === "undo") return true
      isTyping = true
    } else if (id === undefined && !starts.has(name) && !isSequence) isTyping = true
    return isTyping
  }

  return {
    press(pressed, isInField) {
      if (pressed.altKey) return null
      const now = clock.now()
      const name = nameOf(pressed)
      const isLetter = isCharacter(name)
      if (!isLetter) {
        const isWriting = isInField && /^(shift\+)?(backspace|delete|arrow\w+|home|end)$/.test(name)
        if (isWriting) writtenAt = now
        else touch()
        if (isInField && !name.startsWith("mod+") && name !== "escape") return null
        first = null
        return commandOf(name) ?? null
      }
      if (isInField) {
        writtenAt = now
        return null
      }
      if (!hasSingleKeys()) return null
      const text = isText(name, now)
      typedAt = now
      const sequence = first && first.until >= now ? commandOf(`${first.name} ${name}`) : undefined
      first = null
      if (text) return null
      if (sequence) return sequence
      if (starts.has(name)) first = { name, until: now + SEQUENCE_MS }
      const id = commandOf(name) ?? null
      if (id === null || !waits(id)) return id
      if (!pressed.repeat) waiting = { id, stop: clock.after(WAIT_MS, runWaiting) }
      return null
    },
    touch,
    stop() {
      drop()
    },
  }
}
