import type { DueByPriority } from "@parley/client/contract"
import { useApp } from "../shared/context"
import { createSlaClocks } from "./models/sla-clocks"

/** The SLA clocks of one conversation, for as long as a component shows them. */
export const useSlaClocks = () => {
  const { api, connection, clock } = useApp()
  return createSlaClocks(api, connection, clock)
}

/** When a conversation would be due with each priority; null when that cannot be had. */
export const useDueByPriority = () => {
  const { api } = useApp()
  return (id: string) => api.get<DueByPriority>(`/conversations/${id}/sla/priorities`).catch(() => null)
}

export { useDueWords as useDurationWords } from "./components/use-due-words"
