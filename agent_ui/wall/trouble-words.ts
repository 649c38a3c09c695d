import type { NoticeView } from "@parley/client/contract"
import { dateAndTime } from "../i18n/dates"
import type { MoreWords } from "../i18n/more"
import { duration } from "./figures"

/** The conversation a notice is about, if it is about one. */
export const conversationOf = (notice: NoticeView) =>
  notice.kind === "escalation" ? (notice.key.split(":")[1] ?? null) : null

/** What is wrong, in a sentence. */
export function troubleWords({ t, locale }: MoreWords, notice: NoticeView): string {
  const name = notice.subject
  const by = duration(Math.abs(notice.seconds))
  switch (notice.kind) {
    case "no_inbox":
      return t("troubles.no_inbox")
    case "no_mail_host":
      return t("troubles.no_mail_host", { count: notice.count.toLocaleString(locale) })
    case "files_full":
      return t(notice.count < 100 ? "troubles.files_nearly_full" : "troubles.files_full", { percent: notice.count })
    case "snippet_not_seen":
      return t("troubles.snippet_not_seen", { name })
    case "rule":
      return t("troubles.rule", { name, problem: notice.problem ? t(`rules.problem.${notice.problem}`) : "" })
    case "team_without_members":
      return name ? t("troubles.team_without_members", { name }) : t("troubles.without_members")
    case "team_without_capacity":
      return name ? t("troubles.team_without_capacity", { name }) : t("troubles.without_capacity")
    case "escalation":
      return t("troubles.escalation", { name: name || t("row.visitor"), level: notice.count })
    case "removed_agent":
      return t("troubles.removed_agent", { name, count: notice.count.toLocaleString(locale) })
    case "clock_jump": {
      const until = notice.until ? dateAndTime(notice.until, locale) : ""
      return t(notice.seconds < 0 ? "troubles.clock_went_back" : "troubles.clock_went_ahead", { by, until })
    }
    case "clock_differs":
      return t(notice.seconds < 0 ? "troubles.clock_is_behind" : "troubles.clock_is_ahead", { name, by })
    case "disk_low":
      return t("troubles.disk_low", { name, free: notice.count.toLocaleString(locale) })
    case "database_damaged":
      return t("troubles.database_damaged", { name })
  }
}

/** Kinds whose remedy is a step of the setup checklist. */
export const isSetupTrouble = ({ kind }: NoticeView) =>
  kind === "no_inbox" || kind === "no_mail_host" || kind === "snippet_not_seen"
