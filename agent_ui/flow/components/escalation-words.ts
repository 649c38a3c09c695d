import type { EscalationView } from "@parley/client/contract"
import type { useFlowWords } from "../words"

/** Whose decision it waits for, in a sentence. */
export function asksWhom({ t }: ReturnType<typeof useFlowWords>, it: EscalationView): string {
  const values = { by: it.asked_by_name, level: it.level }
  if (it.waits_for_me) return t("escalation.asks_you", values)
  if (it.approver_name && it.substitute_name) {
    return t("escalation.asks_either", { ...values, name: it.approver_name, other: it.substitute_name })
  }
  if (it.approver_name) return t("escalation.asks", { ...values, name: it.approver_name })
  return it.team_name ? t("escalation.asks_team", { ...values, team: it.team_name }) : t("escalation.asks_any", values)
}
