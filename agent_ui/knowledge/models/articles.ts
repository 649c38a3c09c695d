import type {
  ArticleIs,
  ArticlePage,
  ArticleRowView,
  ArticleState,
  SaveArticle,
  Visibility,
} from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"

export interface ArticleFilter {
  q: string
  category: string
  locale: string
  state: ArticleState | ""
  audience: Visibility | ""
}

export const NO_FILTER: ArticleFilter = { q: "", category: "", locale: "", state: "", audience: "" }

export interface Articles {
  articles: Readonly<ShallowRef<readonly ArticleRowView[]>>
  /** All in use, whatever the filter. */
  categories: Readonly<ShallowRef<readonly string[]>>
  locales: Readonly<ShallowRef<readonly string[]>>
  filter: Readonly<ShallowRef<ArticleFilter>>
  /** `stale`: shown, but the newest answer did not come. */
  state: Readonly<ShallowRef<"loading" | "ready" | "stale" | "failed">>
  hasMore: Readonly<ShallowRef<boolean>>
  /** Narrow the list; what was asked for before no longer counts. */
  narrow(change: Partial<ArticleFilter>): Promise<void>
  refresh(): Promise<void>
  more(): Promise<void>
}

/** The articles an admin may manage, the last edited first. */
export function createArticles(api: Api): Articles {
  const articles = shallowRef<readonly ArticleRowView[]>([])
  const categories = shallowRef<readonly string[]>([])
  const locales = shallowRef<readonly string[]>([])
  const filter = shallowRef<ArticleFilter>(NO_FILTER)
  const state = shallowRef<"loading" | "ready" | "stale" | "failed">("loading")
  const hasMore = shallowRef(false)
  let cursor: string | null = null
  let run = 0
  let shown = ""

  async function load(after: string | null): Promise<void> {
    run += 1
    const mine = run
    const asked = new URLSearchParams(Object.entries(filter.value).filter(([, value]) => value !== ""))
    const key = asked.toString()
    if (after) asked.set("after", after)
    try {
      const page = await api.get<ArticlePage>(`/articles?${asked}`)
      if (mine !== run) return
      const known = after ? articles.value : []
      const all = new Map([...known, ...page.articles].map(article => [article.id, article]))
      articles.value = [...all.values()]
      categories.value = page.categories
      locales.value = page.locales
      cursor = page.next
      hasMore.value = page.next !== null
      shown = key
      state.value = "ready"
    } catch {
      if (mine !== run) return
      // What is shown answers another question: it may not stand in for this one.
      if (shown !== key) articles.value = []
      state.value = articles.value.length > 0 ? "stale" : "failed"
    }
  }

  return {
    articles,
    categories,
    locales,
    filter,
    state,
    hasMore,
    narrow(change) {
      filter.value = { ...filter.value, ...change }
      return load(null)
    },
    refresh() {
      if (articles.value.length === 0) state.value = "loading"
      return load(null)
    },
    async more() {
      if (cursor) await load(cursor)
    },
  }
}

/** What the editor's fields hold. */
export type ArticleForm = Required<Omit<SaveArticle, "seen_at" | "slug" | "state">>

export const formOf = ({ article, body }: ArticleIs): ArticleForm => ({
  title: article.title,
  category: article.category,
  locale: article.locale,
  audience: article.audience,
  body,
})

export const isSameForm = (one: ArticleForm, other: ArticleForm) =>
  one.title === other.title &&
  one.category === other.category &&
  one.locale === other.locale &&
  one.audience === other.audience &&
  one.body === other.body
