import type { Component } from "vue"
import type { CommandId } from "./commands/commands"
import type { AreaWords } from "./words/pack"
import type { Key } from "./words/translate"

/** The settings menu's groups, in its order. */
export const SETTINGS_GROUPS = [
  "workspace",
  "people",
  "channels",
  "knowledge",
  "tickets",
  "routing",
  "replies",
  "you",
] as const
export type SettingsGroup = (typeof SETTINGS_GROUPS)[number]

/** A page without a place in a menu, such as one inbox of the list of inboxes. Its path begins with that page's. */
export interface Page {
  /** The route's name. */
  name: string
  path: string
  /** What an agent must be allowed to do to come here. */
  permission?: string
  load(): Promise<{ default: Component }>
}

/** A page with a place in the rail. */
export interface RailPage extends Page {
  icon: string
  label: Key
  /** The shortcut that opens it. */
  action: CommandId
}

/** A page of the settings: it has a line in their menu, in its search and in the palette. */
export interface SettingsPage<K extends string = string> extends Page {
  icon: string
  label: K
  group: SettingsGroup
  /** One sentence: what this page is for. */
  description: K
  /** Other words people search for, as a text of its own: "colour color logo zendesk". */
  keywords?: K
}

/** What an area adds to the inbox: everything that shows, finds or opens its pages is made of this. */
export interface Manifest<P = Record<never, string>> {
  /** Fetched with the area's pages. */
  words(): Promise<AreaWords<P>>
  rail?: RailPage
  settings?: SettingsPage<Key | (keyof P & string)>
  others?: readonly Page[]
}

/** An area without the types of its texts: one of many. */
export type Area = Omit<Manifest, "words" | "settings"> & {
  words(): Promise<AreaWords<never>>
  settings?: SettingsPage
}

export const defineArea = <P>(manifest: Manifest<P>): Area => manifest as unknown as Area

/** The settings pages this agent may open, in the menu's order. */
export function settingsPagesFor(pages: readonly SettingsPage[], may: (permission: string) => boolean): SettingsPage[] {
  return SETTINGS_GROUPS.flatMap(group =>
    pages.filter(page => page.group === group && (!page.permission || may(page.permission))),
  )
}

/** The page a route belongs to: its own, or the one its path begins with. */
export function settingsPageAt(pages: readonly SettingsPage[], path: string): SettingsPage | undefined {
  return pages.find(page => path === page.path || path.startsWith(`${page.path}/`))
}

/** Letters without case and accents, so that "Öffnungszeiten" is found by "offnung". */
const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()

/** Pages whose texts hold every word of the query. */
export function searchPages(pages: readonly SettingsPage[], query: string, say: (key: string) => string) {
  const words = plain(query).split(/\s+/).filter(Boolean)
  const textOf = ({ label, description, keywords, group }: SettingsPage) =>
    plain([label, description, keywords, `settings.${group}`].map(key => (key ? say(key) : "")).join(" "))
  return pages.filter(page => words.every(word => textOf(page).includes(word)))
}
