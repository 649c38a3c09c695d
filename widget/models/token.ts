import { browserLocks, underLock } from "@parley/client/browser"
import type { Storage } from "./storage"

/** Where this browser keeps who it is, per inbox. */
export const TOKEN = "token"
/** The token the server could not read, in case it can again: after a server was given the right key, say. */
const FORMER = "former"
const LOCK_MS = 5_000

/** The contact a token stands for. */
export const contactOf = (token: string | null) => token?.split(".")[1] ?? null

interface Given {
  visitor_token: string
}

const givenBy = (answer: object | null) => (answer as Partial<Given> | null)?.visitor_token

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
    let answer = await ask(sent)
    let given = givenBy(answer)
    if (!given) return answer
    const isNew = sent && given.startsWith("pv1.") && contactOf(given) !== contactOf(sent)
    const former = isNew && storage.get(FORMER)
    if (former) {
      const again = await ask(former)
      const renewed = givenBy(again)
      if (renewed && contactOf(renewed) === contactOf(former)) [answer, given] = [again, renewed]
    } else if (isNew) storage.set(FORMER, sent)
    const held = storage.get(TOKEN)
    // Another page was faster, or has signed out meanwhile.
    if ((held && !sent) || (sent && !held)) return run()
    storage.set(TOKEN, given)
    return answer
  }
  if (storage.get(TOKEN)) return run()
  return underLock(browserLocks(), `parley:${scope}`, run, { signal: AbortSignal.timeout(LOCK_MS) })
}
