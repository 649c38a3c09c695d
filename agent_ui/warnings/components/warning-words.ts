import type { WarningView } from "@parley/client/contract"
import { dateAndTime } from "../../shared/words/dates"
import { duration } from "../../wall"
import type { useWarningsWords } from "../words"

/** The conversation a warning is about, if it is about one. */
export const conversationOf = (warning: WarningView) =>
  warning.kind === "escalation" ? (warning.key.split(":")[1] ?? null) : null

/** What is wrong, in a sentence. */
export function warningWords({ t, locale }: ReturnType<typeof useWarningsWords>, warning: WarningView): string {
  const name = warning.subject
  const by = duration(Math.abs(warning.seconds))
  switch (warning.kind) {
    case "no_inbox":
      return t("warnings.no_inbox")
    case "no_mail_host":
      return t("warnings.no_mail_host", { count: warning.count.toLocaleString(locale) })
    case "files_full":
      return t(warning.count < 100 ? "warnings.files_nearly_full" : "warnings.files_full", { percent: warning.count })
    case "snippet_not_seen":
      return t("warnings.snippet_not_seen", { name })
    case "rule":
      return t("warnings.rule", { name, problem: warning.problem ? t(`rules.problem.${warning.problem}`) : "" })
    case "team_without_members":
      return name ? t("warnings.team_without_members", { name }) : t("warnings.without_members")
    case "team_without_capacity":
      return name ? t("warnings.team_without_capacity", { name }) : t("warnings.without_capacity")
    case "escalation":
      return t("warnings.escalation", { name: name || t("row.visitor"), level: warning.count })
    case "removed_agent":
      return t("warnings.removed_agent", { name, count: warning.count.toLocaleString(locale) })
    case "clock_jump": {
      const until = warning.until ? dateAndTime(warning.until, locale) : ""
      return t(warning.seconds < 0 ? "warnings.clock_went_back" : "warnings.clock_went_ahead", { by, until })
    }
    case "clock_differs":
      return t(warning.seconds < 0 ? "warnings.clock_is_behind" : "warnings.clock_is_ahead", { name, by })
    case "disk_low":
      return t("warnings.disk_low", { name, free: warning.count.toLocaleString(locale) })
    case "database_damaged":
      return t("warnings.database_damaged", { name })
  }
}

/** Kinds whose remedy is a step of the setup checklist. */
export const isSetupWarning = ({ kind }: WarningView) =>
  kind === "no_inbox" || kind === "no_mail_host" || kind === "snippet_not_seen"
