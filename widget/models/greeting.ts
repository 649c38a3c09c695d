import type { GreetingView } from "@parley/client/contract"
import type { Storage } from "./storage"

/** What was said first, handed from the small frame of visits to the panel: they share a browser's memory. */
const GREETING = "greeting"

export function keepGreeting(storage: Storage, greeting: GreetingView | null): void {
  storage.set(GREETING, greeting && JSON.stringify(greeting))
}

export function keptGreeting(storage: Storage): GreetingView | null {
  try {
    return JSON.parse(storage.get(GREETING) ?? "null")
  } catch {
    return null
  }
}
