import type { SlaConditions } from "@parley/client/contract"
import type { People } from "../../../shared/models/people"
import type { useSlaSettingsWords } from "../words"

/** The conversations a policy is for, as a sentence. */
export function policySentence(
  words: ReturnType<typeof useSlaSettingsWords>,
  people: People,
  { inbox_ids = [], team_ids = [], topics = [], priorities = [], companies = [] }: SlaConditions,
): string {
  const { t, locale } = words
  const or = new Intl.ListFormat(locale, { type: "disjunction" })
  const some = (names: readonly string[], key: "inbox" | "team" | "topic" | "priority" | "company") =>
    names.length > 0 ? [t(`policies.if.${key}`, { names: or.format(names.map(it => `“${it}”`)) })] : []
  const said = [
    ...some(
      inbox_ids.map(id => people.inboxes.value.find(it => it.id === id)?.name ?? t("policies.gone")),
      "inbox",
    ),
    ...some(
      team_ids.map(id => people.team(id)?.name ?? t("policies.gone")),
      "team",
    ),
    ...some(topics, "topic"),
    ...some(
      priorities.map(it => t(`priority.${it}`)),
      "priority",
    ),
    ...some(companies, "company"),
  ]
  if (said.length === 0) return t("policies.if.all")
  return t("policies.if.some", { what: new Intl.ListFormat(locale, { type: "unit" }).format(said) })
}
