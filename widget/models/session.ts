import { backoff, type Clock, sleep } from "@parley/client/clock"
import type { OpenWidget, Refused, WidgetSession } from "@parley/client/contract"
import { toJson } from "@parley/client/text"
import type { Storage } from "./storage"

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

const TOKEN = "token"

/** Who this visitor is. Tries until the server answers; a refusal is an answer. */
export async function openSession(options: SessionOptions): Promise<WidgetSession | Refused | null> {
  const { storage, clock } = options
  for (let failures = 0; options.isWanted(); failures += 1) {
    const answer = await ask(options).catch(() => null)
    if (answer?.ok) {
      storage.set(TOKEN, answer.visitor_token)
      return answer
    }
    if (answer?.code === "unauthenticated" && storage.get(TOKEN)) storage.set(TOKEN, null)
    else if (answer && !isPassing(answer)) return answer
    else {
      options.onTrouble()
      await sleep(clock, (answer?.retry_seconds ?? 0) * 1000 || backoff(failures + 1, options.random))
    }
  }
  return null
}

function isPassing({ code }: Refused): boolean {
  return code === "rate_limited" || code === "unavailable" || code === "internal"
}

async function ask(options: SessionOptions): Promise<WidgetSession | Refused> {
  const body: OpenWidget = {
    inbox_key: options.inboxKey,
    visitor_token: options.storage.get(TOKEN) || null,
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
