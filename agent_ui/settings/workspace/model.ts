import type { WorkspaceIs } from "@parley/client/contract"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"

export const useWorkspace = () => useApp().model(createWorkspace)

function createWorkspace({ api }: AgentApp) {
  return {
    load: () => api.get<WorkspaceIs>("/workspace"),
    save: (name: string) => api.put<WorkspaceIs>("/workspace", { name }),
  }
}
