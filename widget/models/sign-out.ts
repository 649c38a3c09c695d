import { backoff, type Clock, sleep } from "@parley/client/clock"

/** Ends a visitor's session on the server, however long it takes to reach it: their token must not live on. */
export async function endSession(origin: string, visitor_token: string, clock: Clock): Promise<void> {
  const headers = { "Content-Type": "application/json" }
  const said = { method: "POST", headers, body: JSON.stringify({ visitor_token }), keepalive: true }
  for (let failures = 1; ; failures += 1) {
    const response = await fetch(`${origin}/api/v1/widget/sign-out`, said).catch(() => null)
    if (response && response.status < 500 && response.status !== 429) return
    await sleep(clock, backoff(failures, Math.random))
  }
}
