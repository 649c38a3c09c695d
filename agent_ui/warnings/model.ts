import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import { createWarnings } from "./models/warning-list"

export const useWarnings = () => useApp().model(createWarningsModel)

export function createWarningsModel({ api, connection, people }: AgentApp) {
  const warnings = createWarnings(api, () => people.may("wall.watch"))
  connection.onEvent(event => {
    if (event.type === "notices.changed") void warnings.refresh()
  })
  connection.onConnected(() => void warnings.refresh())
  return warnings
}
