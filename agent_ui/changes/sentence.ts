import type { ActivityView, ChangeView } from "@parley/client/contract"
import type { People } from "../shared/models/people"
import { dateAndTime } from "../shared/words/dates"
import type { Key } from "../shared/words/translate"
import type { ChangesModel } from "./model"
import type { useChangeWords } from "./words"

type ChangeWords = ReturnType<typeof useChangeWords>

export interface SentenceOptions {
  words: ChangeWords
  people: People
  name: ChangesModel["name"]
  contactName: string
}

export interface Sentence {
  text: string
  /** The fields that the text does not say, from what to what. */
  details: string[]
}

/** Fields that each action's own text says. */
const SAYS: Record<string, readonly string[]> = {
  "conversation.set_priority": ["priority"],
  "conversation.set_status": ["status"],
  "conversation.claim": ["agent_id"],
  "conversation.assign": ["agent_id"],
  "conversation.transfer": ["agent_id"],
  "conversation.take_over": ["agent_id"],
  "conversation.route": ["agent_id"],
  "conversation.offer": ["agent_id"],
  "conversation.lapse": ["agent_id"],
  "conversation.decline": ["agent_id"],
  "conversation.return": ["agent_id"],
  "conversation.pull_back": ["agent_id"],
  "ticket.open": ["number"],
  "sla.warned": ["clock", "cycle"],
  "sla.missed": ["clock", "cycle"],
}
/** Fields that are for programs. */
const UNSAID = new Set(["is_offered", "cycle", "agents_asked", "state"])
const TIMES = new Set(["snoozed_until", "due_at"])
const OWNED = new Set(["conversation.assign", "conversation.transfer"])

const KEYS: Record<string, string> = {
  "ticket.open": "ticket_open",
  "ticket.update": "ticket_update",
  "ticket.propose": "ticket_propose",
  "ticket.set_fields": "ticket_set_fields",
  "contact.edit": "contact",
  "contact.update": "contact",
  "contact.ask_email": "ask_email",
  "sla.warned": "sla_warned",
  "sla.missed": "sla_missed",
}

/** What a change says: who did what, and from what to what. */
export function sentenceOf(activity: ActivityView, options: SentenceOptions): Sentence {
  const { words, people, name: nameOf } = options
  const t = (key: string, values: Record<string, string> = {}) => words.t(key as Key, values)
  const change = (field: string) => activity.changes.find(it => it.name === field)
  const person = (id: string | null | undefined) => (id ? (nameOf(id) ?? t("change.unknown")) : "")

  function actor(): string {
    if (activity.actor_kind === "contact" || activity.actor_kind === "visitor") return options.contactName
    if (activity.actor_kind === "rule") return t("change.rule", { name: activity.actor_name })
    return activity.actor_name || t("change.parley")
  }

  function value(field: string, text: string | null): string {
    if (text === null) return t("change.nothing")
    if (field === "agent_id" || field === "team_id") return person(text)
    if (field === "status") return people.status(text)?.name ?? text
    if (field === "priority") return words.t(`priority.${text}` as Key)
    if (field === "clock") return t(`change.clock.${text}`)
    if (TIMES.has(field)) return dateAndTime(text, words.locale)
    if (text === "true" || text === "false") return t(text === "true" ? "change.yes" : "change.no")
    return text
  }

  function field(name: string): string {
    const key = `change.field.${name}`
    const said = t(key)
    return said === key ? name.replace(/^field /, "").replaceAll("_", " ") : said
  }

  function detail(one: ChangeView): string[] {
    if (one.name === "tags") return tagDetails(one)
    const values = { field: field(one.name), before: value(one.name, one.before), after: value(one.name, one.after) }
    if (!one.before) return [t("change.value.new", values)]
    return [t(one.after ? "change.value" : "change.value.gone", values)]
  }

  function tagDetails({ before, after }: ChangeView): string[] {
    const [was, is] = [tagsOf(before), tagsOf(after)]
    const list = (tags: string[]) => new Intl.ListFormat(words.locale, { type: "unit" }).format(tags)
    const added = is.filter(tag => !was.includes(tag))
    const removed = was.filter(tag => !is.includes(tag))
    return [
      ...(added.length > 0 ? [t("change.tags.added", { tags: list(added) })] : []),
      ...(removed.length > 0 ? [t("change.tags.removed", { tags: list(removed) })] : []),
    ]
  }

  function textOf(): string {
    const [team, owner] = [change("team_id"), change("agent_id")]
    const to = person(owner?.after) || person(team?.after)
    const whom = person(activity.agent_id ?? owner?.before)
    const said = change("priority") ?? change("status")
    const field = activity.action === "conversation.set_status" ? "status" : "priority"
    const values = {
      name: actor(),
      to,
      whom,
      before: value(field, (change(field) ?? said)?.before ?? null),
      after: value(field, (change(field) ?? said)?.after ?? null),
      number: change("number")?.after ?? "",
      clock: value("clock", change("clock")?.after ?? null),
    }
    const short = KEYS[activity.action] ?? activity.action.replace(/^conversation\./, "")
    if (activity.action === "conversation.wake" && activity.actor_kind === "parley") return t("change.did.wake.parley")
    if (OWNED.has(activity.action) && to === "") return t("change.did.assign.queue", values)
    const key = `change.did.${short}`
    const text = t(key, values)
    return text === key ? t("change.did.other", values) : text
  }

  const says = SAYS[activity.action] ?? []
  const hasOwner = change("agent_id")?.after != null
  const rest = activity.changes.filter(
    it =>
      !says.includes(it.name) &&
      !UNSAID.has(it.name) &&
      !(it.name === "team_id" && OWNED.has(activity.action) && !hasOwner),
  )
  return { text: textOf(), details: rest.flatMap(detail) }
}

function tagsOf(text: string | null): string[] {
  try {
    const tags: unknown = JSON.parse(text ?? "[]")
    return Array.isArray(tags) ? tags.map(String) : []
  } catch {
    return []
  }
}
