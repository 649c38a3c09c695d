import type { HoursList } from "@parley/client/contract"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"
import { createBusinessHours } from "./models/business-hours"

export const useBusinessHours = () => createBusinessHours(useApp().api)

/** The hours there are to choose from; null when they could not be had. */
export const useHoursList = () => useApp().model(createHoursList)

function createHoursList({ api }: AgentApp) {
  return { load: () => api.get<HoursList>("/business-hours").catch(() => null) }
}
