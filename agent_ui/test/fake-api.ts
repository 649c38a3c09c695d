import type { ConversationView } from "@parley/client/contract"
import type { Api } from "../shared/models/api"
import { belongs, byNewest, type Shelf, type View } from "../shared/models/order"
import { ME } from "./making"

export interface FakeApi extends Api {
  asked: string[]
  /** What the server holds; change it to play the server's part. */
  held: ConversationView[]
  pageSize: number
  savedCounts: { id: string; count: number }[]
  /** The next answer waits until the returned function is called. */
  hold(): () => void
  failNext(): void
}

/** The lists as the server pages them, over an array. */
export function fakeApi(held: ConversationView[] = []): FakeApi {
  let gate: Promise<void> = Promise.resolve()
  let mustFail = false
  const api: FakeApi = {
    asked: [],
    held,
    pageSize: 3,
    savedCounts: [],
    hold() {
      let release = () => {}
      gate = new Promise(done => {
        release = done
      })
      return release
    },
    failNext() {
      mustFail = true
    },
    async get<T>(path: string): Promise<T> {
      api.asked.push(path)
      const answer = mustFail ? null : answerTo(api, new URL(path, "http://parley.test"))
      mustFail = false
      await gate
      if (!answer) throw new Error("refused")
      return answer as T
    },
    post: notUsed,
    put: notUsed,
    delete: notUsed,
  }
  return api
}

async function notUsed(): Promise<never> {
  throw new Error("not used")
}

function answerTo(api: FakeApi, url: URL): unknown {
  const filter = (view: View, shelf: Shelf) => api.held.filter(it => belongs(it, { view, shelf, query: "" }, ME))
  if (url.pathname === "/conversations/counts") {
    const [mine, unassigned, all] = (["mine", "unassigned", "all"] as const).map(view => filter(view, "open").length)
    return { mine, unassigned, all, saved: api.savedCounts, ok: true }
  }
  if (url.pathname === "/desk") return { views: [], canned: [], macros: [], drafts: [], tags: [], ok: true }
  const asked = url.searchParams
  const words = asked.get("q") ?? ""
  const found = filter(asked.get("view") as View, asked.get("category") as Shelf)
    .filter(it => it.preview.includes(words))
    .sort(byNewest)
  const start = asked.has("after") ? found.findIndex(it => it.id === asked.get("after")) + 1 : 0
  const conversations = found.slice(start, start + api.pageSize)
  const isLast = start + api.pageSize >= found.length
  return { conversations, next: isLast ? null : (conversations.at(-1)?.id ?? null), ok: true }
}
