import type { AgentView, Presence } from "@parley/client/contract"

const RANK: Record<Presence, number> = { online: 0, busy: 1, away: 2, offline: 3 }

/** Oneself first, then whoever is most likely to answer soon. */
export function byReadiness(meId: string): (a: AgentView, b: AgentView) => number {
  return (a, b) =>
    Number(b.id === meId) - Number(a.id === meId) ||
    RANK[a.presence] - RANK[b.presence] ||
    a.load - b.load ||
    a.name.localeCompare(b.name)
}
