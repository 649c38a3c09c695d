/** A few texts that should outlive the page. Where the browser denies storage they live as long as the page. */
export interface Storage {
  get(key: string): string | null
  /** Null removes it. */
  set(key: string, value: string | null): void
  /** Removes everything. */
  clear(): void
}

export function browserStorage(prefix: string, kind: "localStorage" | "sessionStorage" = "localStorage"): Storage {
  const memory = new Map<string, string>()
  return {
    get(key) {
      try {
        return window[kind].getItem(prefix + key) ?? memory.get(key) ?? null
      } catch {
        return memory.get(key) ?? null
      }
    },
    clear() {
      memory.clear()
      try {
        for (const key of Object.keys(window[kind])) if (key.startsWith(prefix)) window[kind].removeItem(key)
      } catch {}
    },
    set(key, value) {
      try {
        if (value === null) window[kind].removeItem(prefix + key)
        else window[kind].setItem(prefix + key, value)
        memory.delete(key)
      } catch {
        memory.set(key, value ?? "")
      }
    },
  }
}
