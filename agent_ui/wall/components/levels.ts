import type { QueueWallView } from "@parley/client/contract"

/** How a figure stands to its threshold. */
export type Level = "calm" | "near" | "over"

export interface Levels {
  waiting: Level
  longest: Level
  p90: Level
}

/** From this part of a threshold on, a figure is near it; the server counts who is at risk by the same. */
const NEAR = 0.8

export function levelOf(value: number, threshold: number): Level {
  if (value >= threshold) return "over"
  return value >= NEAR * threshold ? "near" : "calm"
}

export function levelsOf(queue: QueueWallView, now: number): Levels {
  const { thresholds } = queue
  const longest = queue.oldest_waiting_at ? (now - Date.parse(queue.oldest_waiting_at)) / 1000 : 0
  return {
    waiting: levelOf(queue.waiting_count, thresholds.waiting_count),
    longest: levelOf(longest, thresholds.longest_seconds),
    p90: levelOf(queue.wait_p90_seconds ?? 0, thresholds.p90_seconds),
  }
}

const WORSE: readonly Level[] = ["calm", "near", "over"]

export const worst = (levels: readonly Level[]): Level =>
  levels.reduce<Level>((worse, level) => (WORSE.indexOf(level) > WORSE.indexOf(worse) ? level : worse), "calm")

/** Figures that are over their threshold, each by a name of its own. */
export function crossed(queues: readonly QueueWallView[], now: number): Set<string> {
  const over = new Set<string>()
  for (const queue of queues) {
    for (const [figure, level] of Object.entries(levelsOf(queue, now))) {
      if (level === "over") over.add(`${queue.team_id ?? ""}/${figure}`)
    }
  }
  return over
}
