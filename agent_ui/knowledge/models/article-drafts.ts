import type { ArticleForm } from "./articles"

export interface ArticleDrafts {
  /** What was typed into the editor of an article (`new` for one that does not exist yet) and never saved. */
  load(id: string): KeptArticle | null
  save(id: string, kept: KeptArticle): void
  forget(id: string): void
}

/** `seenAt`: when the article these words are for was last changed; empty for a new one. */
export interface KeptArticle {
  form: ArticleForm
  seenAt: string
}

/** Words outlive a reload and a closed tab; they are this agent's and this browser's. */
export function createArticleDrafts(
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
  agentId: string,
): ArticleDrafts {
  const key = (id: string) => `parley.article.${agentId}.${id}`
  return {
    load(id) {
      try {
        const kept: unknown = JSON.parse(storage.getItem(key(id)) ?? "null")
        return isKept(kept) ? kept : null
      } catch {
        return null
      }
    },
    save(id, kept) {
      try {
        storage.setItem(key(id), JSON.stringify(kept))
      } catch {
        // A full or forbidden store keeps nothing; the page still holds the words.
      }
    },
    forget(id) {
      try {
        storage.removeItem(key(id))
      } catch {
        // As above.
      }
    },
  }
}

function isKept(kept: unknown): kept is KeptArticle {
  if (typeof kept !== "object" || kept === null || !("form" in kept) || !("seenAt" in kept)) return false
  const { form } = kept
  if (typeof form !== "object" || form === null || typeof kept.seenAt !== "string") return false
  const fields = form as Record<string, unknown>
  return ["title", "category", "locale", "audience", "body"].every(name => typeof fields[name] === "string")
}
