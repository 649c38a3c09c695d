import type {
  FormFieldView,
  InboxDetailsAre,
  InboxDetailsView,
  InboxFormView,
  InboxList,
  InboxSecretIs,
  InboxSightings,
  InboxTextView,
  PageCheckIs,
  SaveInbox,
} from "@parley/client/contract"
import { firstOf } from "@parley/client/text"
import { type ShallowRef, shallowRef } from "vue"
import { accent } from "../../../../tokens.json"
import type { Api } from "../../../shared/models/api"

/** Everything of an inbox that its page edits. */
export interface InboxValue {
  name: string
  team_id: string | null
  hours_id: string | null
  locale: string
  languages: string[]
  greeting: string
  away: string
  texts: InboxTextView[]
  color: string
  position: InboxDetailsView["position"]
  launcher: InboxDetailsView["launcher"]
  site_url: string
  allowed_origins: string[]
  shows_history: boolean
  shows_suggestions: boolean
  shows_visitors: boolean
  previews_typing: boolean
  allows_files: boolean
  tells_escalations: boolean
  has_web_form: boolean
  email_prompt: InboxDetailsView["email_prompt"]
  form: InboxFormView | null
}

/** What the server takes for a field that is left out; a team is chosen, not a departure from a default. */
export const INBOX_DEFAULTS: Omit<InboxValue, "name" | "team_id"> = {
  hours_id: null,
  locale: "en",
  languages: [],
  greeting: "",
  away: "",
  texts: [],
  color: accent,
  position: "right",
  launcher: "bubble",
  site_url: "",
  allowed_origins: [],
  shows_history: true,
  shows_suggestions: true,
  shows_visitors: false,
  previews_typing: false,
  allows_files: true,
  tells_escalations: true,
  has_web_form: true,
  email_prompt: "ask",
  form: null,
}

/** What greets visitors of an inbox without words of its own, where Parley speaks the language. */
const GREETINGS: Readonly<Record<string, string>> = {
  en: "Hello! How can we help?",
  de: "Hallo! Wie können wir helfen?",
  ar: "مرحبًا! كيف يمكننا مساعدتك؟",
}

/** The greeting in a language, as visitors will see it. */
export function greetingIn(value: InboxValue, locale: string): string {
  const own = locale === value.locale ? value.greeting : value.texts.find(it => it.locale === locale)?.greeting
  return own || usualGreeting(value, locale)
}

export const usualGreeting = (value: InboxValue, locale: string): string =>
  GREETINGS[locale.split("-")[0] ?? ""] ?? (value.greeting || (GREETINGS.en as string))

/** Kinds of fields that the widget names in the visitor's language. */
export const NAMED_KINDS: readonly FormFieldView["kind"][] = ["name", "email", "phone"]
export const FIELD_KINDS = ["name", "email", "phone", "text", "number", "choice", "checkbox"] as const
const SITE = /^https?:\/\/(\*\.)?[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$/
const PAGE = /^(https?:\/\/[^\s"<>]{1,1990})?$/

export function inboxValue(inbox: InboxDetailsView): InboxValue {
  const { id, key, channel, open_count, secret_changed_at, archived_at, changed_at, changed_by, created_at, ...value } =
    inbox
  return value
}

/** As the server takes it: texts of languages that are no longer offered stay behind. */
export function bodyOf(value: InboxValue): SaveInbox {
  return { ...value, channel: "chat", texts: value.texts.filter(it => value.languages.includes(it.locale)) }
}

/** The text of one language, made when there is none yet. */
export function textOf(value: InboxValue, locale: string): InboxTextView {
  const held = value.texts.find(it => it.locale === locale)
  if (held) return held
  value.texts.push({ locale, greeting: "", away: "" })
  return value.texts.at(-1) as InboxTextView
}

/** A site as people write it, as a browser names it. */
export function siteOf(line: string): string {
  const text = line.trim().toLowerCase()
  if (!text) return ""
  const withScheme = /^https?:\/\//.test(text) ? text : `https://${text}`
  return withScheme.replace(/^(https?:\/\/[^/?#]*).*$/, "$1")
}

export const isSite = (site: string) => SITE.test(site)
export const isPage = (address: string) => PAGE.test(address)

/** A name for the answers of a field, made of its label: unique among the others. */
export function keyFor(label: string, taken: readonly string[]): string {
  const plain = label
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
  const stem = firstOf(plain, 36) || "field"
  let key = stem
  for (let n = 2; taken.includes(key); n += 1) key = `${stem}_${n}`
  return key
}

/** Why a field cannot be saved as it is. */
export function fieldProblem(field: FormFieldView): "label" | "options" | null {
  if (!field.label.trim() && !NAMED_KINDS.includes(field.kind)) return "label"
  const options = field.options.map(it => it.trim()).filter(Boolean)
  if (field.kind === "choice" && new Set(options).size < 2) return "options"
  return null
}

export interface Inboxes {
  inboxes: Readonly<ShallowRef<readonly InboxDetailsView[]>>
  state: Readonly<ShallowRef<"loading" | "failed" | "stale" | "ready">>
  load(): Promise<void>
  get(id: string): Promise<InboxDetailsView>
  create(said: SaveInbox): Promise<InboxDetailsView>
  save(id: string, value: InboxValue): Promise<InboxDetailsView>
  setArchived(id: string, isArchived: boolean): Promise<InboxDetailsView>
  /** The new identity secret, which nobody can read again. */
  rotate(id: string): Promise<InboxSecretIs>
  sightings(id: string): Promise<InboxSightings>
  /** Has the server fetch a page of the site. */
  checkPage(id: string, url: string): Promise<PageCheckIs>
}

/** The inboxes an admin keeps. */
export function createInboxes(api: Api): Inboxes {
  const inboxes = shallowRef<readonly InboxDetailsView[]>([])
  const state = shallowRef<"loading" | "failed" | "stale" | "ready">("loading")

  function put(inbox: InboxDetailsView): InboxDetailsView {
    const others = inboxes.value.filter(it => it.id !== inbox.id)
    inboxes.value = [...others, inbox].sort((a, b) => a.name.localeCompare(b.name))
    return inbox
  }

  async function load() {
    try {
      inboxes.value = (await api.get<InboxList>("/inboxes")).inboxes
      state.value = "ready"
    } catch {
      state.value = state.value === "loading" || state.value === "failed" ? "failed" : "stale"
    }
  }

  return {
    inboxes,
    state,
    load,
    async get(id) {
      const all = (await api.get<InboxList>("/inboxes")).inboxes
      inboxes.value = all
      const found = all.find(it => it.id === id)
      if (!found) throw new Error("no such inbox")
      return found
    },
    create: async said => put((await api.post<InboxDetailsAre>("/inboxes", said)).inbox),
    save: async (id, value) => put((await api.put<InboxDetailsAre>(`/inboxes/${id}`, bodyOf(value))).inbox),
    setArchived: async (id, isArchived) =>
      put((await api.post<InboxDetailsAre>(`/inboxes/${id}/${isArchived ? "archive" : "restore"}`, {})).inbox),
    async rotate(id) {
      const answer = await api.post<InboxSecretIs>(`/inboxes/${id}/secret`, {})
      put(answer.inbox)
      return answer
    },
    sightings: id => api.get<InboxSightings>(`/inboxes/${id}/sightings`),
    checkPage: (id, url) => api.post<PageCheckIs>(`/inboxes/${id}/page-checks`, { url }),
  }
}

/** "Now: open until 17:00" needs the time in the zone of the hours, with the day when it is another one. */
export function momentIn(zone: string, when: string, now: number, locale: string): string {
  const dayOf = (at: number | string) =>
    new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(at))
  const isToday = dayOf(when) === dayOf(now)
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: "numeric",
    minute: "2-digit",
    ...(isToday ? {} : { weekday: "long" as const, day: "numeric" as const, month: "short" as const }),
  }).format(new Date(when))
}

/** The town of a time zone, as people say it: Europe/Berlin is Berlin. */
export const placeOf = (zone: string) => (zone.split("/").at(-1) ?? zone).replaceAll("_", " ")

export type Snippet = "html" | "react" | "wordpress" | "tag_manager"

/** What goes into a site, for each way to build one. */
export function snippetOf(kind: Snippet, origin: string, key: string): string {
  const src = `${origin}/widget.js?inbox=${key}`
  const tag = `<script async src="${src}" data-inbox="${key}"></script>`
  if (kind === "react") {
    return [
      'import { useEffect } from "react"',
      "",
      "export function ParleyChat() {",
      "  useEffect(() => {",
      '    const script = document.createElement("script")',
      "    script.async = true",
      `    script.src = "${src}"`,
      `    script.dataset.inbox = "${key}"`,
      "    document.head.append(script)",
      "  }, [])",
      "  return null",
      "}",
    ].join("\n")
  }
  if (kind === "wordpress") {
    return ["add_action( 'wp_footer', function () {", `    echo '${tag}';`, "} );"].join("\n")
  }
  if (kind === "tag_manager") {
    return [
      "<script>",
      '  var parley = document.createElement("script")',
      "  parley.async = true",
      `  parley.src = "${src}"`,
      `  parley.setAttribute("data-inbox", "${key}")`,
      "  document.head.appendChild(parley)",
      "</script>",
    ].join("\n")
  }
  return tag
}
