import type { WallView } from "@parley/client/contract"

export interface Figures {
  waiting: number
  oldest: string | null
  open: number
  online: number
}

/** All queues taken together. An agent in two teams is one agent. */
export function figuresOf(wall: WallView): Figures {
  const oldest = wall.queues
    .flatMap(queue => queue.oldest_waiting_at ?? [])
    .sort((a, b) => Date.parse(a) - Date.parse(b))
  return {
    waiting: wall.queues.reduce((sum, queue) => sum + queue.waiting_count, 0),
    oldest: oldest[0] ?? null,
    open: wall.queues.reduce((sum, queue) => sum + queue.open_count, 0),
    online: wall.agents.filter(({ agent }) => agent.presence === "online").length,
  }
}
