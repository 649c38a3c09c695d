import type { Clock } from "@parley/client/clock"
import type { MoreKey } from "../i18n/more"

export type KeyAction =
  | "next"
  | "previous"
  | "open"
  | "back"
  | "search"
  | "palette"
  | "help"
  | "resolve"
  | "assign"
  | "assign_me"
  | "snooze"
  | "ticket"
  | "undo"
  | "reply"
  | "note"
  | "tag"
  | "mark_next"
  | "mark_previous"
  | "go_inbox"
  | "go_tickets"
  | "go_reports"
  | "go_knowledge"
  | "go_visitors"
  | "go_settings"

export interface Shortcut {
  /** Keys pressed one after another. `mod` is Ctrl, or Command on a Mac. */
  keys: readonly string[]
  name: MoreKey
  action: KeyAction | null
}

export interface ShortcutGroup {
  name: MoreKey
  shortcuts: readonly Shortcut[]
}

const key = (keys: string, action: KeyAction): Shortcut => ({ keys: keys.split(" "), name: `keys.${action}`, action })

/** The whole map: what is listed under `?` is what works. The composer obeys those without an action itself. */
export const SHORTCUTS: readonly ShortcutGroup[] = [
  {
    name: "keys.moving",
    shortcuts: [
      key("j", "next"),
      key("k", "previous"),
      key("enter", "open"),
      key("escape", "back"),
      key("/", "search"),
      key("mod+k", "palette"),
      key("g i", "go_inbox"),
      key("g t", "go_tickets"),
      key("g r", "go_reports"),
      key("g v", "go_visitors"),
      key("g k", "go_knowledge"),
      key("g s", "go_settings"),
      key("?", "help"),
    ],
  },
  {
    name: "keys.acting",
    shortcuts: [
      key("e", "resolve"),
      key("a", "assign"),
      key("i", "assign_me"),
      key("s", "snooze"),
      key("t", "tag"),
      key("o", "ticket"),
      key("shift+j", "mark_next"),
      key("shift+k", "mark_previous"),
      key("z", "undo"),
    ],
  },
  {
    name: "keys.writing",
    shortcuts: [
      key("r", "reply"),
      key("n", "note"),
      { keys: ["enter"], name: "keys.send", action: null },
      { keys: ["shift+enter"], name: "keys.new_line", action: null },
      { keys: ["mod+enter"], name: "keys.send_resolve", action: null },
      { keys: ["/"], name: "keys.canned", action: null },
      { keys: ["tab"], name: "keys.gap", action: null },
    ],
  },
]

export interface Pressed {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** "mod+k", "shift+enter", "?": shift is already in a printed character. */
export function nameOf(pressed: Pressed): string {
  const name = pressed.key.toLowerCase()
  const mod = pressed.ctrlKey || pressed.metaKey ? "mod+" : ""
  const shift = pressed.shiftKey && (pressed.key.length > 1 || /^[a-z]$/.test(name)) ? "shift+" : ""
  return `${mod}${shift}${name}`
}

export interface Keyboard {
  /** What the key asks for, if anything. In a field, only keys that write nothing count. */
  press(pressed: Pressed, isInField: boolean): KeyAction | null
}

const SEQUENCE_MS = 1000

export function createKeyboard(clock: Clock): Keyboard {
  const actions = new Map<string, KeyAction>()
  const starts = new Set<string>()
  for (const { keys, action } of SHORTCUTS.flatMap(group => group.shortcuts)) {
    if (!action) continue
    actions.set(keys.join(" "), action)
    if (keys.length > 1) starts.add(keys[0] ?? "")
  }
  let first: { name: string; until: number } | null = null

  return {
    press(pressed, isInField) {
      if (pressed.altKey) return null
      const name = nameOf(pressed)
      if (isInField && !name.startsWith("mod+") && name !== "escape") return null
      const sequence = first && first.until >= clock.now() ? actions.get(`${first.name} ${name}`) : undefined
      first = null
      if (sequence) return sequence
      if (starts.has(name)) first = { name, until: clock.now() + SEQUENCE_MS }
      return actions.get(name) ?? null
    },
  }
}
