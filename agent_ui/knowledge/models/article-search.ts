import type { Clock } from "@parley/client/clock"
import type { SuggestionView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"

export type SearchState = "idle" | "searching" | "none" | "failed" | "found"

/** What a search answers: the articles found, and whether only by words because they are not encoded yet. */
export interface FoundArticles {
  suggestions: readonly SuggestionView[]
  is_by_words: boolean
}

export interface ArticleSearch {
  state: Readonly<ShallowRef<SearchState>>
  found: Readonly<ShallowRef<readonly SuggestionView[]>>
  isByWords: Readonly<ShallowRef<boolean>>
  /** As is typed: asked for when typing pauses. */
  type(text: string): void
  retry(): void
  stop(): void
}

const PAUSE_MS = 150
/** Asked again after being refused, and while articles are still being encoded. */
const AGAIN_MS = 4_000

/**
 * A search that is refused never looks like one that found nothing. `find` answers null when it could not be done; then,
 * and while only words can be compared, the same is asked again by itself.
 */
export function createArticleSearch(
  find: (query: string) => Promise<FoundArticles | null>,
  clock: Clock,
): ArticleSearch {
  const state = shallowRef<SearchState>("idle")
  const found = shallowRef<readonly SuggestionView[]>([])
  const isByWords = shallowRef(false)
  let asked = ""
  let stopWaiting = () => {}

  async function search(query: string) {
    const answer = await find(query)
    if (query !== asked) return
    isByWords.value = answer?.is_by_words ?? false
    if (answer === null) state.value = "failed"
    else {
      found.value = answer.suggestions
      state.value = answer.suggestions.length > 0 ? "found" : "none"
    }
    stopWaiting()
    if (answer === null || answer.is_by_words) stopWaiting = clock.after(AGAIN_MS, () => void search(query))
  }

  return {
    state,
    found,
    isByWords,
    type(text) {
      const query = text.trim()
      if (query === asked) return
      asked = query
      stopWaiting()
      if (query === "") {
        found.value = []
        isByWords.value = false
        state.value = "idle"
        return
      }
      // What is shown stays until the next answer is here, so that nothing jumps while words are typed.
      if (state.value !== "found") state.value = "searching"
      stopWaiting = clock.after(PAUSE_MS, () => void search(query))
    },
    retry() {
      state.value = "searching"
      stopWaiting()
      void search(asked)
    },
    stop() {
      asked = ""
      stopWaiting()
    },
  }
}
