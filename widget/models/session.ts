import { backoff, type Clock, sleep } from "@parley/client/clock"
import type { OpenWidget, Refused, WidgetSession } from "@parley/client/contract"
import { toJson } from "@parley/client/text"
import type { Storage } from "./storage"
import { askWithToken } from "./token"

export interface SessionOptions {
  origin: string
  inboxKey: string
  identityToken: string | null
  /** From a mail: who it went to is who asks. */
  linkToken?: string | null
  locale: string
  page: string | null
  storage: Storage
  clock: Clock
  fetch: typeof fetch
  random: () => number
  /** Asked between tries: false gives up. */
  isWanted: () => boolean
  onTrouble: () => void
}

/** Opens the session of this browser. Tries until the server answers; a refusal is an answer, and the token is kept. */
export async function openSession(options: SessionOptions): Promise<WidgetSession | Refused | null> {
  const { storage, clock } = options
  for (let failures = 0; options.isWanted(); failures += 1) {
    const answer = await askWithToken(storage, options.inboxKey, token => ask(options, token).catch(() => null))
    if (answer && (answer.ok || !isPassing(answer))) return answer
    options.onTrouble()
    await sleep(clock, (answer?.retry_seconds ?? 0) * 1000 || backoff(failures + 1, options.random))
  }
  return null
}

function isPassing({ code }: Refused): boolean {
  return code === "rate_limited" || code === "unavailable" || code === "internal"
}

async function ask(options: SessionOptions, token: string | null): Promise<WidgetSession | Refused> {
  const body: OpenWidget = {
    inbox_key: options.inboxKey,
    visitor_token: token || null,
    identity_token: options.identityToken,
    ...(options.linkToken && { link_token: options.linkToken }),
    locale: options.locale,
    page: options.page,
  }
  const response = await options.fetch(`${options.origin}/api/v1/widget/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: toJson(body),
  })
  return response.json()
}
