import type { Key } from "../words/translate"
import type en from "./words.en.json"

/** Where a command stands in the palette, and in the list of shortcuts. */
export type CommandGroup = "conversation" | "list" | "go" | "account"

export interface CommandSpec {
  name: Key | keyof typeof en
  icon: string
  group: CommandGroup
  /** Keys pressed one after another; `mod` is Ctrl, or Command on a Mac. */
  keys?: string
  /** Changes something, or takes what is typed next for an answer: a second letter right after it means that it was typing. */
  waits?: boolean
}

/** Everything an agent can do, each once: keys, the palette, the list of shortcuts and every menu take it from here. */
export const COMMANDS = {
  next: { name: "keys.next", icon: "i-lucide-arrow-down", group: "list", keys: "j" },
  previous: { name: "keys.previous", icon: "i-lucide-arrow-up", group: "list", keys: "k" },
  open: { name: "keys.open", icon: "i-lucide-corner-down-left", group: "list", keys: "enter" },
  back: { name: "keys.back", icon: "i-lucide-arrow-left", group: "list", keys: "escape" },
  search: { name: "keys.search", icon: "i-lucide-search", group: "list", keys: "/" },
  mark: { name: "keys.mark", icon: "i-lucide-square-check", group: "list", keys: "x" },
  mark_next: { name: "keys.mark_next", icon: "i-lucide-list-plus", group: "list", keys: "shift+j" },
  mark_previous: { name: "keys.mark_previous", icon: "i-lucide-list-plus", group: "list", keys: "shift+k" },
  view: { name: "view.label", icon: "i-lucide-inbox", group: "list", keys: "v", waits: true },
  sort: { name: "filter.sort", icon: "i-lucide-arrow-down-wide-narrow", group: "list", keys: "shift+s", waits: true },
  filter: { name: "filter.by", icon: "i-lucide-sliders-horizontal", group: "list", keys: "shift+f", waits: true },
  save_view: { name: "views.save", icon: "i-lucide-bookmark-plus", group: "list" },
  palette: { name: "keys.palette", icon: "i-lucide-command", group: "go", keys: "mod+k" },
  help: { name: "user.shortcuts", icon: "i-lucide-keyboard", group: "go", keys: "?" },
  new_ticket: { name: "keys.new_ticket", icon: "i-lucide-ticket-plus", group: "go", keys: "c", waits: true },
  go_inbox: { name: "keys.go_inbox", icon: "i-lucide-inbox", group: "go", keys: "g i" },
  go_tickets: { name: "keys.go_tickets", icon: "i-lucide-ticket", group: "go", keys: "g t" },
  go_visitors: { name: "keys.go_visitors", icon: "i-lucide-footprints", group: "go", keys: "g v" },
  go_reports: { name: "keys.go_reports", icon: "i-lucide-layout-dashboard", group: "go", keys: "g r" },
  go_knowledge: { name: "keys.go_knowledge", icon: "i-lucide-book-open", group: "go", keys: "g k" },
  go_settings: { name: "keys.go_settings", icon: "i-lucide-settings", group: "go", keys: "g s" },
  settings_page: { name: "nav.settings", icon: "i-lucide-settings", group: "go" },
  accept: { name: "action.accept", icon: "i-lucide-check", group: "conversation", keys: "y", waits: true },
  decline: { name: "action.decline", icon: "i-lucide-x", group: "conversation", keys: "shift+d", waits: true },
  resolve: { name: "keys.resolve", icon: "i-lucide-check", group: "conversation", keys: "e", waits: true },
  reply: { name: "keys.reply", icon: "i-lucide-reply", group: "conversation", keys: "r" },
  note: { name: "keys.note", icon: "i-lucide-lock", group: "conversation", keys: "n" },
  assign: { name: "action.assign", icon: "i-lucide-user-round-plus", group: "conversation", keys: "a", waits: true },
  assign_me: {
    name: "action.assign_me",
    icon: "i-lucide-user-round-check",
    group: "conversation",
    keys: "i",
    waits: true,
  },
  transfer: {
    name: "action.transfer",
    icon: "i-lucide-arrow-right-left",
    group: "conversation",
    keys: "f",
    waits: true,
  },
  snooze: { name: "action.snooze", icon: "i-lucide-alarm-clock", group: "conversation", keys: "s", waits: true },
  tag: { name: "action.tag", icon: "i-lucide-tag", group: "conversation", keys: "t", waits: true },
  escalate: { name: "action.escalate", icon: "i-lucide-flame", group: "conversation", keys: "x", waits: true },
  ask_email: {
    name: "contact.ask_email",
    icon: "i-lucide-mail-question",
    group: "conversation",
    keys: "m",
    waits: true,
  },
  ticket: { name: "action.open_ticket", icon: "i-lucide-ticket-plus", group: "conversation", keys: "o", waits: true },
  priority: { name: "fact.priority", icon: "i-lucide-chevrons-up", group: "conversation", keys: "p", waits: true },
  status: { name: "fact.status", icon: "i-lucide-circle-dot", group: "conversation", keys: "u", waits: true },
  insert_first: { name: "keys.insert_first", icon: "i-lucide-sparkles", group: "conversation", keys: "1", waits: true },
  insert_second: {
    name: "keys.insert_second",
    icon: "i-lucide-sparkles",
    group: "conversation",
    keys: "2",
    waits: true,
  },
  insert_third: { name: "keys.insert_third", icon: "i-lucide-sparkles", group: "conversation", keys: "3", waits: true },
  send_link: { name: "suggestions.link", icon: "i-lucide-link", group: "conversation" },
  undo: { name: "keys.undo", icon: "i-lucide-undo-2", group: "conversation", keys: "z", waits: true },
  presence: { name: "keys.presence", icon: "i-lucide-circle-user", group: "account", keys: "shift+a", waits: true },
  takes_chats: { name: "user.takes_chats", icon: "i-lucide-inbox", group: "account" },
  sound: { name: "user.sound", icon: "i-lucide-volume-2", group: "account" },
  desktop: { name: "user.desktop", icon: "i-lucide-bell", group: "account" },
  silent: { name: "user.silent", icon: "i-lucide-bell-off", group: "account" },
  hold: { name: "user.hold", icon: "i-lucide-undo-2", group: "account" },
  idle: { name: "user.idle", icon: "i-lucide-coffee", group: "account" },
  single_keys: { name: "user.single_keys", icon: "i-lucide-keyboard", group: "account" },
  language: { name: "user.language", icon: "i-lucide-languages", group: "account" },
  sign_out: { name: "user.sign_out", icon: "i-lucide-log-out", group: "account" },
} as const satisfies Record<string, CommandSpec>

export type CommandId = keyof typeof COMMANDS

export const COMMAND_IDS = Object.keys(COMMANDS) as CommandId[]
export const specOf = (id: CommandId): CommandSpec => COMMANDS[id]
