import { openStorage } from "@parley/client/browser"

/** A few texts that should outlive the page. Where the browser denies storage they live as long as the page. */
export interface Storage {
  get(key: string): string | null
  /** Null removes it. */
  set(key: string, value: string | null): void
  /** Removes everything. */
  clear(): void
}

export function browserStorage(prefix: string, kind: "localStorage" | "sessionStorage" = "localStorage"): Storage {
  const texts = openStorage(kind)
  return {
    get: key => texts.getItem(prefix + key),
    set(key, value) {
      if (value === null) texts.removeItem(prefix + key)
      else texts.setItem(prefix + key, value)
    },
    clear() {
      const keys = Array.from({ length: texts.length }, (_, index) => texts.key(index) ?? "")
      for (const key of keys) if (key.startsWith(prefix)) texts.removeItem(key)
    },
  }
}
