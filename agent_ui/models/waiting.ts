export type WaitLevel = "calm" | "late" | "overdue"

/** From when a wait for an answer asks for attention, and from when it is too long. */
export const LATE_MS = 5 * 60_000
export const OVERDUE_MS = 15 * 60_000

export function waitLevel(since: string, now: number): WaitLevel {
  const waited = now - Date.parse(since)
  return waited >= OVERDUE_MS ? "overdue" : waited >= LATE_MS ? "late" : "calm"
}
