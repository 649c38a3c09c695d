export type WaitLevel = "calm" | "late" | "overdue"

/** From when on a wait asks for attention where nothing was promised. */
const LONG_SECONDS = 240
const NEAR = 0.8

/** Overdue is a broken promise, so only what a team has set can be: a wait is due soon from four fifths of that on. */
export function waitLevel(since: string, now: number, longestSeconds: number | null | undefined): WaitLevel {
  const waited = (now - Date.parse(since)) / 1000
  if (!longestSeconds) return waited >= LONG_SECONDS ? "late" : "calm"
  return waited >= longestSeconds ? "overdue" : waited >= NEAR * longestSeconds ? "late" : "calm"
}
