import type { QueueWallView, WallView } from "@parley/client/contract"

export interface Figures {
  waiting: number
  oldest: string | null
  atRisk: number
  online: number
  abandoned: number
  /** Shares of 0 to 1; empty while there is nothing to take a share of. */
  inTime: number | null
  satisfied: number | null
  kept: number | null
}

/** All queues taken together. An agent in two teams is one agent. */
export function figuresOf(wall: WallView): Figures {
  const sum = (of: (queue: QueueWallView) => number) => wall.queues.reduce((total, queue) => total + of(queue), 0)
  const oldest = wall.queues
    .flatMap(queue => queue.oldest_waiting_at ?? [])
    .sort((a, b) => Date.parse(a) - Date.parse(b))
  return {
    waiting: sum(queue => queue.waiting_count),
    oldest: oldest[0] ?? null,
    atRisk: sum(queue => queue.at_risk_count),
    online: wall.agents.filter(({ agent }) => agent.presence === "online").length,
    abandoned: sum(queue => queue.abandoned_today),
    inTime: share(
      sum(queue => queue.answered_in_time_today),
      sum(queue => queue.answered_today + queue.unanswered_late_count),
    ),
    satisfied: share(wall.csat.satisfied_count, wall.csat.answered_count),
    kept: share(
      sum(queue => queue.kept_today),
      sum(queue => queue.promised_today),
    ),
  }
}

export const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null)

export function percent(value: number | null, locale: string): string {
  return value === null ? "–" : value.toLocaleString(locale, { style: "percent", maximumFractionDigits: 0 })
}

/** "0:42", "12:05", "1:02:05": seconds as a clock shows them. */
export function duration(seconds: number | null): string {
  if (seconds === null) return "–"
  const whole = Math.round(seconds)
  const two = (value: number) => String(value).padStart(2, "0")
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}
