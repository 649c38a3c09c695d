import type { ArticlePreviewIs, ArticlesImported } from "@parley/client/contract"
import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import type { FoundArticles, SearchState } from "./models/article-search"
import { createArticles } from "./models/articles"

export type { FoundArticles, SearchState }

/** Articles that answer something. Null when the search could not be done. */
export interface KnowledgeModel {
  /** As the help centre will show it. */
  preview(title: string, body: string, locale: string): Promise<ArticlePreviewIs | null>
  /** Raises ApiError. */
  importArticles(form: FormData): Promise<ArticlesImported>
  searchArticles(query: string): Promise<FoundArticles | null>
  /** For what the contact of a conversation asks. */
  suggestArticles(conversationId: string): Promise<FoundArticles | null>
}

export const useArticles = () => createArticles(useApp().api)
export const useKnowledge = () => useApp().model(createKnowledgeModel)

function createKnowledgeModel({ api, connection }: AgentApp): KnowledgeModel {
  return {
    preview: (title, body, locale) =>
      api.post<ArticlePreviewIs>("/articles/preview", { title, body, locale }).catch(() => null),
    importArticles: form => api.post<ArticlesImported>("/articles/import", form),
    async searchArticles(query) {
      const reply = await connection.command({ type: "article.search", query }).catch(() => null)
      return reply?.ok ? reply : null
    },
    async suggestArticles(conversationId) {
      const reply = await connection
        .command({ type: "article.suggest", conversation_id: conversationId })
        .catch(() => null)
      return reply?.ok ? reply : null
    },
  }
}
