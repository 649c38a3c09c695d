export type WaitLevel = "calm" | "late" | "overdue"

/** What is too long where no team says. */
const LONGEST_SECONDS = 300
const NEAR = 0.8

/** As on the wall: a wait asks for attention from four fifths of what its team finds too long. */
export function waitLevel(since: string, now: number, longestSeconds = LONGEST_SECONDS): WaitLevel {
  const waited = (now - Date.parse(since)) / 1000
  return waited >= longestSeconds ? "overdue" : waited >= NEAR * longestSeconds ? "late" : "calm"
}
