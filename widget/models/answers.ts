import type { Clock } from "@parley/client/clock"
import type { Connection } from "@parley/client/connection"
import type { SuggestionView } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import type { VisitorSide } from "@parley/client/sides"
import { firstOf } from "@parley/client/text"

/** Articles that may answer what is being typed. */
export interface Answers {
  found(): readonly SuggestionView[]
  subscribe(told: () => void): () => void
  ask(text: string): void
  close(): void
}

const PAUSE_MS = 150
const FEWEST_LETTERS = 3

/** Asks when typing pauses; an answer to what was typed earlier is dropped. */
export function createAnswers(connection: Connection<VisitorSide>, clock: Clock): Answers {
  const changes = createListeners<[]>()
  let found: readonly SuggestionView[] = []
  let asked = ""
  let stop = () => {}

  function show(next: readonly SuggestionView[]): void {
    if (next.length === 0 && found.length === 0) return
    found = next
    changes.tell()
  }

  async function search(query: string): Promise<void> {
    const reply = await connection.command({ type: "article.search", query }).catch(() => null)
    if (reply?.ok && query === asked) show(reply.suggestions.slice(0, 3))
  }

  const stopConnected = connection.onConnected(() => {
    if (asked.length >= FEWEST_LETTERS) void search(asked)
  })

  return {
    found: () => found,
    subscribe: changes.add,
    ask(text) {
      const query = firstOf(text.trim(), 500)
      if (query === asked) return
      asked = query
      stop()
      if (query.length < FEWEST_LETTERS) show([])
      else stop = clock.after(PAUSE_MS, () => void search(query))
    },
    close() {
      stop()
      stopConnected()
    },
  }
}
