import type { AgentEvent, SuggestionView } from "@parley/client/contract"
import { describe, expect, it } from "vitest"
import { createSuggestions } from "../contacts/models/suggestions"
import { createArticleDrafts } from "../knowledge/models/article-drafts"
import { createArticleSearch, type FoundArticles } from "../knowledge/models/article-search"
import { memoryStorage } from "./memory-storage"
import { settle, type TravelClock, travelClock } from "./travel"

const CARD: SuggestionView = { article_id: "a", title: "Refunds", heading: "", passage: "", url: "", score: 1, why: "" }
const FOUND: FoundArticles = { suggestions: [CARD], is_by_words: false }
const NONE: FoundArticles = { suggestions: [], is_by_words: false }
const BY_WORDS: FoundArticles = { suggestions: [CARD], is_by_words: true }

/** Time goes on in small steps, and what was asked is answered between them. */
async function go(clock: TravelClock, ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 50) {
    clock.travel(50)
    await settle()
  }
}

const answers = (...queue: (FoundArticles | null)[]) => {
  const asked: string[] = []
  return {
    asked,
    find(query: string) {
      asked.push(query)
      return Promise.resolve(queue.length > 1 ? (queue.shift() ?? null) : (queue[0] ?? null))
    },
  }
}

describe("a search (U8, N12)", () => {
  it("that is refused never looks like nothing fits, and is asked again", async () => {
    const clock = travelClock()
    const server = answers(null, NONE)
    const search = createArticleSearch(server.find, clock)
    search.type("tents")
    expect(search.state.value).toBe("searching")
    await go(clock, 200)
    expect(search.state.value).toBe("failed")
    await go(clock, 4_000)
    expect(search.state.value).toBe("none")
    expect(server.asked).toEqual(["tents", "tents"])
  })

  it("by words says so, and is looked up again until articles are encoded", async () => {
    const clock = travelClock()
    const server = answers(BY_WORDS, BY_WORDS, FOUND)
    const search = createArticleSearch(server.find, clock)
    search.type("tents")
    await go(clock, 200)
    expect([search.state.value, search.isByWords.value]).toEqual(["found", true])
    await go(clock, 8_500)
    expect([search.state.value, search.isByWords.value]).toEqual(["found", false])
    await go(clock, 60_000)
    expect(server.asked).toHaveLength(3)
  })

  it("asks only for what is typed last", async () => {
    const clock = travelClock()
    const server = answers(FOUND)
    const search = createArticleSearch(server.find, clock)
    for (const text of ["t", "te", "tent"]) search.type(text)
    await go(clock, 200)
    expect(server.asked).toEqual(["tent"])
    search.type("")
    expect([search.state.value, search.found.value]).toEqual(["idle", []])
  })
})

describe("suggestions beside a conversation (U8, N12)", () => {
  function beside(...queue: (FoundArticles | null)[]) {
    const clock = travelClock()
    const server = answers(...queue)
    let onEvent: (event: AgentEvent) => void = () => {}
    const link = {
      onEvent(told: (event: AgentEvent) => void) {
        onEvent = told
        return () => {}
      },
    }
    const model = createSuggestions(server.find, link, clock)
    return { clock, server, model, onEvent: (event: unknown) => onEvent(event as AgentEvent) }
  }

  it("are looked for when one stays, not when one passes by", async () => {
    const { clock, server, model } = beside(FOUND)
    model.show("one", [])
    await go(clock, 100)
    model.show("two", [])
    expect(model.state.value).toBe("searching")
    await go(clock, 300)
    expect([model.state.value, server.asked]).toEqual(["found", ["two"]])
  })

  it("that were refused say so, and come when the server is calm", async () => {
    const { clock, model } = beside(null, FOUND)
    model.show("one", [])
    await go(clock, 300)
    expect(model.state.value).toBe("failed")
    await go(clock, 5_000)
    expect(model.state.value).toBe("found")
  })

  it("are asked for when the server sends none after a message", async () => {
    const { clock, server, model, onEvent } = beside(NONE)
    model.show("one", [CARD])
    expect(model.state.value).toBe("found")
    onEvent({ type: "message.created", message: { conversation_id: "one", author: { kind: "contact" } } })
    onEvent({ type: "suggestions.ready", conversation_id: "one", seq: 1, suggestions: [CARD], is_by_words: false })
    await go(clock, 10_000)
    expect(server.asked).toEqual([])
    onEvent({ type: "message.created", message: { conversation_id: "one", author: { kind: "contact" } } })
    await go(clock, 3_100)
    expect([model.state.value, server.asked]).toEqual(["none", ["one"]])
  })
})

describe("an article's words", () => {
  it("outlive a reload, each article's and each agent's apart", () => {
    const storage = memoryStorage()
    const form = { title: "T", category: "C", locale: "en", audience: "public" as const, body: "B" }
    createArticleDrafts(storage, "ada").save("new", { form, seenAt: "" })
    expect(createArticleDrafts(storage, "ada").load("new")).toEqual({ form, seenAt: "" })
    expect(createArticleDrafts(storage, "ben").load("new")).toBeNull()
    expect(createArticleDrafts(storage, "ada").load("other")).toBeNull()
    storage.setItem("parley.article.ada.new", '{"form":{"title":1},"seenAt":""}')
    expect(createArticleDrafts(storage, "ada").load("new")).toBeNull()
  })
})
