import { browserLocks, underLock } from "@parley/client/browser"
import type { Storage } from "./storage"

/** Where this browser keeps who it is, per inbox. */
export const TOKEN = "token"
const LOCK_MS = 5_000

/** The contact a token stands for. */
export const contactOf = (token: string | null) => token?.split(".")[1] ?? null

interface Given {
  visitor_token: string
}

/**
 * Asks the server with the token this browser has, and keeps the one it gives. Two pages that open at once are one
 * visitor: the first asks alone, under a lock; without locks, the one that comes second takes over what the first was given.
 */
export async function askWithToken<A extends object>(
  storage: Storage,
  scope: string,
  ask: (token: string | null) => Promise<A | null>,
): Promise<A | null> {
  async function run(): Promise<A | null> {
    const sent = storage.get(TOKEN)
    const answer = await ask(sent)
    const given = (answer as Partial<Given> | null)?.visitor_token
    if (!given) return answer
    const held = storage.get(TOKEN)
    // Another page was faster, or has signed out meanwhile.
    if ((held && !sent) || (sent && !held)) return run()
    storage.set(TOKEN, given)
    return answer
  }
  if (storage.get(TOKEN)) return run()
  return underLock(browserLocks(), `parley:${scope}`, run, { signal: AbortSignal.timeout(LOCK_MS) })
}
