import type { LogEntry, LogItem } from "../conversation"
import type { AgentApp } from "../shared/models/agent-app"
import ChangeDetails from "./components/ChangeDetails.vue"
import ChangeFold from "./components/ChangeFold.vue"
import MoveFold from "./components/MoveFold.vue"
import { createChangesModel } from "./model"
import { tracked } from "./track"

/** The changes of a conversation among its messages, and what draws them. */
export interface Track {
  ChangeDetails: typeof ChangeDetails
  ChangeFold: typeof ChangeFold
  MoveFold: typeof MoveFold
  /** These messages with the changes since then between them. */
  entries(items: readonly LogItem[], since: number): LogEntry[]
  /** Have the changes since then at hand. */
  reach(since: number): Promise<void>
}

export function trackOf(app: AgentApp, conversationId: string): Track {
  const changes = app.model(createChangesModel).of(conversationId)
  return {
    ChangeDetails,
    ChangeFold,
    MoveFold,
    entries(items, since) {
      const shown = changes.list.value.filter(it => Date.parse(it.at) >= since)
      return tracked(items, shown)
    },
    reach: changes.reach,
  }
}
