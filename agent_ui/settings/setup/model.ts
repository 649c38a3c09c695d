import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"
import { createSetup } from "./models/checklist"

export const useSetup = () => useApp().model(createSetupModel)

export function createSetupModel({ api, connection, people }: AgentApp) {
  const setup = createSetup(api, () => people.may("settings.workspace"))
  connection.onEvent(event => {
    if (event.type === "config.changed") void setup.refresh()
  })
  connection.onConnected(() => void setup.refresh())
  return setup
}
