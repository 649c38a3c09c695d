import type { SetSolutionSettings, SolutionSettings } from "@parley/client/contract"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"

export const useSolutionSettings = () => useApp().model(createSolutionSettings)

/** Both raise ApiError. */
function createSolutionSettings({ api }: AgentApp) {
  return {
    load: () => api.get<SolutionSettings>("/solutions/settings"),
    save: (asked: SetSolutionSettings) => api.put<SolutionSettings>("/solutions/settings", asked),
  }
}
