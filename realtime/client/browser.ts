/**
 * What a browser may deny to a site: storage, channels between tabs, locks. Each works in this page alone then, and the
 * rest of the code uses none of the browser's own.
 */

export type TextStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">

/** What the browser did not take, for as long as the page lives. */
const denied = { localStorage: new Map<string, string>(), sessionStorage: new Map<string, string>() }

/** The browser's storage; in memory, what it does not take. `window[kind]` itself throws where site data is blocked. */
export function openStorage(kind: "localStorage" | "sessionStorage"): TextStorage {
  const memory = denied[kind]
  function real<R>(use: (storage: Storage) => R, otherwise: R): R {
    try {
      return use(window[kind])
    } catch {
      return otherwise
    }
  }
  const keys = () => [...new Set([...memory.keys(), ...real(it => Object.keys(it), [])])]
  return {
    getItem: key => memory.get(key) ?? real(it => it.getItem(key), null),
    setItem(key, value) {
      const isKept = real(it => {
        it.setItem(key, value)
        return true
      }, false)
      if (isKept) memory.delete(key)
      else memory.set(key, value)
    },
    removeItem(key) {
      memory.delete(key)
      real(it => it.removeItem(key), undefined)
    },
    key: index => keys()[index] ?? null,
    get length() {
      return keys().length
    },
  }
}

/** Whether texts outlive this page. */
export function isStorageDenied(): boolean {
  try {
    const probe = "parley:probe"
    window.localStorage.setItem(probe, probe)
    window.localStorage.removeItem(probe)
    return false
  } catch {
    return true
  }
}

/** To the other tabs; null where there is none to be had. */
export function openChannel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name)
  } catch {
    return null
  }
}

export type Locks = Pick<LockManager, "request">

export const browserLocks = (): Locks | null => globalThis.navigator?.locks ?? null

/**
 * Runs it while no other tab holds the lock. Without locks, when the browser denies them, and when `options.signal` ends
 * the wait it runs all the same: what it does must be right without the lock, too.
 */
export async function underLock<R>(
  locks: Locks | null,
  name: string,
  run: () => Promise<R>,
  options: LockOptions = {},
): Promise<R> {
  if (!locks) return run()
  let hasBegun = false
  try {
    return await locks.request(name, options, () => {
      hasBegun = true
      return run()
    })
  } catch (error) {
    if (hasBegun) throw error
    return run()
  }
}
