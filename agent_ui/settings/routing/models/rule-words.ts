import type { Channel, ConditionTrace, Priority, RuleActions, RuleConditions } from "@parley/client/contract"
import type { People } from "../../../shared/models/people"
import type { useRoutingWords } from "../words"

const KINDS = [
  "inbox",
  "channel",
  "page",
  "language",
  "topic",
  "priority",
  "domain",
  "company",
  "field",
  "words",
] as const

/** A rule as a person would say it: when, and then what. */
export function ruleWords(words: ReturnType<typeof useRoutingWords>, people: People) {
  const { t } = words
  const list = (names: readonly string[]) =>
    new Intl.ListFormat(words.locale, { type: "disjunction" }).format(names.map(it => `“${it}”`))
  const and = (names: readonly string[]) => new Intl.ListFormat(words.locale, { type: "conjunction" }).format(names)
  const inboxName = (id: string) => people.inboxes.value.find(it => it.id === id)?.name ?? t("rules.gone")
  const teamName = (id: string) => people.team(id)?.name ?? t("rules.gone")

  function conditions(it: RuleConditions): string {
    const said: string[] = []
    const some = (values: readonly string[] | undefined, say: (names: string) => string) => {
      if (values && values.length > 0) said.push(say(list(values)))
    }
    some(it.inbox_ids?.map(inboxName), names => t("rules.if.inbox", { names }))
    some(
      it.channels?.map(one => t(`channel.${one}`)),
      names => t("rules.if.channel", { names }),
    )
    some(it.pages, names => t("rules.if.page", { names }))
    some(it.languages, names => t("rules.if.language", { names }))
    some(it.topics, names => t("rules.if.topic", { names }))
    some(
      it.priorities?.map(one => t(`priority.${one}`)),
      names => t("rules.if.priority", { names }),
    )
    some(it.domains, names => t("rules.if.domain", { names }))
    some(it.companies, names => t("rules.if.company", { names }))
    for (const field of it.fields ?? []) some(field.values, names => t("rules.if.field", { field: field.name, names }))
    some(it.words, names => t("rules.if.words", { names }))
    if (it.is_open === true) said.push(t("rules.if.open"))
    if (it.is_open === false) said.push(t("rules.if.closed"))
    return said.length > 0 ? and(said) : t("rules.if.always")
  }

  function actions(it: RuleActions): string {
    const said: string[] = []
    if (it.team_id) said.push(t("rules.then.team", { team: teamName(it.team_id) }))
    if (it.skills && it.skills.length > 0) said.push(t("rules.then.skills", { names: and(it.skills) }))
    if (it.needs_language) said.push(t("rules.then.language"))
    if (it.priority) said.push(t("rules.then.priority", { priority: t(`priority.${it.priority}`) }))
    for (const step of it.overflow ?? [])
      said.push(t("rules.then.overflow", { seconds: step.after_seconds, team: teamName(step.team_id) }))
    if (it.queue_limit !== null && it.queue_limit !== undefined)
      said.push(t("rules.then.limit", { limit: it.queue_limit }))
    return said.length > 0 ? and(said) : t("rules.then.nothing")
  }

  function value(kind: string, it: string): string {
    if (kind === "inbox") return inboxName(it)
    if (kind === "channel") return t(`channel.${it as Channel}`)
    if (kind === "priority") return t(`priority.${it as Priority}`)
    if (kind === "hours") return t(it === "open" ? "rules.if.open" : "rules.if.closed")
    return it
  }

  /** One condition, and what was found where it looked. */
  function traced({ condition, wanted, found }: ConditionTrace): string {
    const [first = "", ...field] = condition.split(" ")
    const kind = KINDS.find(it => it === first)
    const values = wanted.map(it => value(first, it))
    return t("dry.condition", {
      wanted: kind ? t(`rules.if.${kind}`, { names: list(values), field: field.join(" ") }) : values.join(", "),
      found: found ? value(first, found) : t("app.none"),
    })
  }

  return { conditions, actions, traced, teamName, inboxName }
}
