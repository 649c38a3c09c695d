import type { Component } from "vue"
import type { MoreKey } from "../i18n/more"
import type { CommandId } from "../shared/commands/commands"
import type { Key } from "../shared/words/translate"

/** The settings menu's groups, in its order. */
export const SETTINGS_GROUPS = ["workspace", "people", "channels", "knowledge", "routing", "replies", "you"] as const
export type SettingsGroup = (typeof SETTINGS_GROUPS)[number]

type LoadPage = () => Promise<{ default: Component }>

interface PageBase {
  /** The route's name. */
  name: string
  path: string
  icon: string
  /** What an agent must be allowed to do to come here. */
  permission?: string
  load: LoadPage
}

/** A page with a place in the rail. */
export interface RailPage extends PageBase {
  label: Key
  /** The shortcut that opens it. */
  action: CommandId
}

/** A page of the settings: a line here gives it a route, a line in the menu, in its search and in the palette. */
export interface SettingsPage extends PageBase {
  label: MoreKey
  group: SettingsGroup
  /** One sentence: what this page is for. */
  description: MoreKey
  /** Other words people search for, as a text of its own: "colour color logo zendesk". */
  keywords?: MoreKey
}

/** A page reached from another one, such as one inbox from the list of inboxes. Its path begins with that page's. */
export interface SubPage {
  name: string
  path: string
  permission?: string
  load: LoadPage
}

export const RAIL_PAGES: readonly RailPage[] = [
  {
    name: "tickets",
    path: "/tickets",
    label: "nav.tickets",
    icon: "i-lucide-ticket",
    action: "go_tickets",
    load: () => import("../tickets/pages/TicketsPage.vue"),
  },
  {
    name: "visitors",
    path: "/visitors",
    label: "nav.visitors",
    icon: "i-lucide-footprints",
    permission: "visitor.view",
    action: "go_visitors",
    load: () => import("../visitors/pages/VisitorsPage.vue"),
  },
  {
    name: "wall",
    path: "/wall",
    label: "nav.wall",
    icon: "i-lucide-layout-dashboard",
    permission: "wall.watch",
    action: "go_reports",
    load: () => import("../wall/pages/WallPage.vue"),
  },
  {
    name: "knowledge",
    path: "/knowledge",
    label: "nav.knowledge",
    icon: "i-lucide-book-open",
    action: "go_knowledge",
    load: () => import("../knowledge/pages/KnowledgePage.vue"),
  },
]

export const SETTINGS_PAGES: readonly SettingsPage[] = [
  {
    name: "setup",
    path: "/settings/setup",
    group: "workspace",
    label: "setup.title",
    description: "setup.about",
    keywords: "setup.keywords",
    icon: "i-lucide-list-checks",
    permission: "people.manage",
    load: () => import("../setup/pages/SetupPage.vue"),
  },
  {
    name: "workspace",
    path: "/settings/workspace",
    group: "workspace",
    label: "workspace.title",
    description: "workspace.about",
    keywords: "workspace.keywords",
    icon: "i-lucide-building-2",
    permission: "people.manage",
    load: () => import("../settings/workspace/pages/WorkspacePage.vue"),
  },
  {
    name: "account",
    path: "/settings/account",
    group: "you",
    label: "account.title",
    description: "account.about",
    keywords: "account.keywords",
    icon: "i-lucide-circle-user-round",
    load: () => import("../settings/account/pages/AccountPage.vue"),
  },
  {
    name: "people",
    path: "/settings/people",
    group: "people",
    label: "people.title",
    description: "people.text",
    keywords: "people.keywords",
    icon: "i-lucide-users",
    permission: "people.manage",
    load: () => import("../settings/people/pages/PeoplePage.vue"),
  },
  {
    name: "inboxes",
    path: "/settings/inboxes",
    group: "channels",
    label: "inboxes.title",
    description: "inboxes.text",
    keywords: "inboxes.keywords",
    icon: "i-lucide-inbox",
    permission: "inbox.manage",
    load: () => import("../settings/inboxes/pages/InboxesPage.vue"),
  },
  {
    name: "hours",
    path: "/settings/hours",
    group: "channels",
    label: "hours.title",
    description: "hours.text",
    keywords: "hours.keywords",
    icon: "i-lucide-clock",
    permission: "routing.manage",
    load: () => import("../settings/hours/pages/HoursPage.vue"),
  },
  {
    name: "proactive",
    path: "/settings/proactive",
    group: "channels",
    label: "proactive.title",
    description: "proactive.text",
    keywords: "proactive.keywords",
    icon: "i-lucide-message-circle-plus",
    permission: "proactive.manage",
    load: () => import("../settings/proactive/pages/ProactivePage.vue"),
  },
  {
    name: "email",
    path: "/settings/email",
    group: "channels",
    label: "mail.title",
    description: "mail.text",
    keywords: "mail.keywords",
    icon: "i-lucide-mail",
    permission: "mail.view",
    load: () => import("../settings/email/pages/EmailPage.vue"),
  },
  {
    name: "routing",
    path: "/settings/routing",
    group: "routing",
    label: "rules.title",
    description: "rules.text",
    keywords: "rules.keywords",
    icon: "i-lucide-waypoints",
    permission: "routing.manage",
    load: () => import("../settings/routing/pages/RoutingPage.vue"),
  },
  {
    name: "replies",
    path: "/settings/replies",
    group: "replies",
    label: "replies.title",
    description: "replies.text",
    keywords: "replies.keywords",
    icon: "i-lucide-message-square-quote",
    load: () => import("../settings/replies/pages/RepliesPage.vue"),
  },
]

export const SUB_PAGES: readonly SubPage[] = [
  {
    name: "article-new",
    path: "/knowledge/new",
    permission: "article.manage",
    load: () => import("../knowledge/pages/ArticleEditorPage.vue"),
  },
  {
    name: "article",
    path: "/knowledge/:id",
    permission: "article.manage",
    load: () => import("../knowledge/pages/ArticleEditorPage.vue"),
  },
  {
    name: "inbox_settings",
    path: "/settings/inboxes/:id",
    permission: "inbox.manage",
    load: () => import("../settings/inboxes/pages/InboxSettingsPage.vue"),
  },
  {
    name: "hours_edit",
    path: "/settings/hours/:id",
    permission: "routing.manage",
    load: () => import("../settings/hours/pages/HoursEditPage.vue"),
  },
]

/** The settings pages this agent may open, in the menu's order. */
export function settingsPagesFor(may: (permission: string) => boolean): SettingsPage[] {
  return SETTINGS_GROUPS.flatMap(group =>
    SETTINGS_PAGES.filter(page => page.group === group && (!page.permission || may(page.permission))),
  )
}

/** The page a route belongs to: its own, or the one its path begins with. */
export function settingsPageAt(path: string): SettingsPage | undefined {
  return SETTINGS_PAGES.find(page => path === page.path || path.startsWith(`${page.path}/`))
}

/** Letters without case and accents, so that "Öffnungszeiten" is found by "offnung". */
const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()

/** Pages whose texts hold every word of the query. */
export function searchPages(pages: readonly SettingsPage[], query: string, say: (key: MoreKey) => string) {
  const words = plain(query).split(/\s+/).filter(Boolean)
  const textOf = ({ label, description, keywords, group }: SettingsPage) =>
    plain([label, description, keywords, `settings.${group}` as const].map(key => (key ? say(key) : "")).join(" "))
  return pages.filter(page => words.every(word => textOf(page).includes(word)))
}
