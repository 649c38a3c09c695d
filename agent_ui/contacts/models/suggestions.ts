import type { Clock } from "@parley/client/clock"
import type { AgentEvent, SuggestionView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { FoundArticles, SearchState } from "../../knowledge/model"

export interface Suggestions {
  state: Readonly<ShallowRef<Exclude<SearchState, "idle">>>
  found: Readonly<ShallowRef<readonly SuggestionView[]>>
  isByWords: Readonly<ShallowRef<boolean>>
  /** Those of this conversation: what is known already, or else what the server finds once one stays here. */
  show(conversationId: string, known: readonly SuggestionView[]): void
  retry(): void
  stop(): void
}

/** Whoever only passes by asks for nothing. */
const SETTLE_MS = 250
/** A strained server sends no suggestions by itself: after so long they are asked for. */
const EVENT_MS = 3_000
/** Asked again after being refused, and while articles are still being encoded. */
const AGAIN_MS = 5_000

/** Suggested articles for the conversation in view. Refused never looks like "nothing fits". */
export function createSuggestions(
  ask: (conversationId: string) => Promise<FoundArticles | null>,
  link: { onEvent(hear: (event: AgentEvent) => void): () => void },
  clock: Clock,
): Suggestions {
  const state = shallowRef<Exclude<SearchState, "idle">>("searching")
  const found = shallowRef<readonly SuggestionView[]>([])
  const isByWords = shallowRef(false)
  let id = ""
  let run = 0
  let stopWaiting = () => {}

  function wait(ms: number) {
    stopWaiting()
    stopWaiting = clock.after(ms, () => void look())
  }

  function take(answer: FoundArticles | null) {
    run += 1
    stopWaiting()
    if (answer) {
      found.value = answer.suggestions
      isByWords.value = answer.is_by_words
      state.value = answer.suggestions.length > 0 ? "found" : "none"
    } else if (found.value.length === 0) state.value = "failed"
    if (!answer || answer.is_by_words) wait(AGAIN_MS)
  }

  async function look() {
    run += 1
    const mine = run
    const answer = await ask(id)
    if (mine === run) take(answer)
  }

  const stopEvents = link.onEvent(event => {
    if (event.type === "suggestions.ready" && event.conversation_id === id) take(event)
    if (event.type !== "message.created" || event.message.conversation_id !== id) return
    if (event.message.author.kind === "contact") wait(EVENT_MS)
  })

  return {
    state,
    found,
    isByWords,
    show(conversationId, known) {
      id = conversationId
      found.value = []
      isByWords.value = false
      if (known.length > 0) take({ suggestions: known, is_by_words: false })
      else {
        run += 1
        state.value = "searching"
        wait(SETTLE_MS)
      }
    },
    retry() {
      state.value = "searching"
      stopWaiting()
      void look()
    },
    stop() {
      run += 1
      stopWaiting()
      stopEvents()
    },
  }
}
