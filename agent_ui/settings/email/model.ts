import type { MailStatus, MailTested, SettleHeldMail } from "@parley/client/contract"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"

export const useMail = () => useApp().model(createMail)

function createMail({ api }: AgentApp) {
  return {
    status: () => api.get<MailStatus>("/mail/status"),
    test: () => api.post<MailTested>("/mail/test", {}),
    settleHeld: (what: SettleHeldMail["do"]) => api.post("/mail/held", { do: what } satisfies SettleHeldMail),
  }
}
