import type { Clock } from "@parley/client/clock"
import type { Connection } from "@parley/client/connection"
import type { SuggestionView, VisitorSide } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import { firstOf } from "@parley/client/text"

/** Articles that may answer what is being typed. */
export interface ArticleSuggestions {
  found(): readonly SuggestionView[]
  /** The search was refused, or articles are not encoded yet: it is asked again by itself. */
  note(): "answers_failed" | "answers_by_words" | null
  subscribe(told: () => void): () => void
  ask(text: string): void
  close(): void
}

const PAUSE_MS = 150
const FEWEST_LETTERS = 3
const AGAIN_MS = 4000

/** Asks when typing pauses; an answer to what was typed earlier is dropped. */
export function createArticleSuggestions(connection: Connection<VisitorSide>, clock: Clock): ArticleSuggestions {
  const changes = createListeners<[]>()
  let found: readonly SuggestionView[] = []
  let note: "answers_failed" | "answers_by_words" | null = null
  let asked = ""
  let stop = () => {}

  function show(next: readonly SuggestionView[], why: typeof note = null): void {
    if (next.length === 0 && found.length === 0 && why === note) return
    found = next
    note = why
    changes.tell()
  }

  /** Refused never looks like "nothing fits". */
  async function search(query: string): Promise<void> {
    const reply = await connection.command({ type: "article.search", query }).catch(() => null)
    if (query !== asked) return
    if (reply?.ok) show(reply.suggestions.slice(0, 3), reply.is_by_words ? "answers_by_words" : null)
    else show([], "answers_failed")
    stop()
    if (note) stop = clock.after(AGAIN_MS, () => void search(query))
  }

  const stopConnected = connection.onConnected(() => {
    if (asked.length >= FEWEST_LETTERS) void search(asked)
  })

  return {
    found: () => found,
    note: () => note,
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
