// Written by tools/types from app/contract. Change the Structs, not this file.

import type { Visibility } from "./values"

export type ArticleState = "draft" | "published" | "archived"

export type ImportOutcome = "created" | "updated" | "unchanged" | "refused"

export type ImportTrouble =
  | "not_markdown"
  | "unsafe_name"
  | "encrypted"
  | "too_large"
  | "not_text"
  | "broken_front_matter"
  | "bad_field"
  | "no_text"
  | "no_address"
  | "same_address"

/** A passage of an article that may answer. `score` is the cosine in -1..1 (with what words and feedback added). */
export interface SuggestionView {
  article_id: string
  title: string
  heading: string
  passage: string
  url: string
  score: number
  why: string
}

/**
 * Passages that may answer, best first; empty when nothing fits. `is_by_words`: articles are not encoded yet, so only
 * words were compared; ask again in a few seconds.
 */
export interface ArticlesFound {
  suggestions: SuggestionView[]
  is_by_words: boolean
  ok: true
}

/** Find help-centre passages for what the visitor has typed so far. */
export interface SearchArticles {
  type: "article.search"
  /** At least 1 characters, at most 500 characters. */
  query: string
}

/** Look for articles that answer what the contact of a conversation asks for. Refused while the server is strained. */
export interface SuggestArticles {
  type: "article.suggest"
  conversation_id: string
}

/**
 * Articles that may answer the contact's last messages, best first. `seq` is the last message considered. `is_by_words`:
 * articles are not encoded yet, so only words were compared.
 */
export interface SuggestionsReady {
  type: "suggestions.ready"
  conversation_id: string
  seq: number
  suggestions: SuggestionView[]
  is_by_words: boolean
}

/**
 * `POST /api/v1/articles` and `PUT /api/v1/articles/{id}`. Without a slug, a new article's address is made from its
 * title and a changed one keeps its own. `seen_at` is the article's `updated_at` as the editor last saw it: when someone
 * else has changed the article since, the change is refused as a conflict.
 */
export interface SaveArticle {
  /** At least 1 characters, at most 200 characters. */
  title: string
  /** At least 1 characters, at most 100000 characters. */
  body: string
  /** At least 1 characters, at most 60 characters. */
  category: string
  /** At least 2 characters, at most 35 characters. */
  locale?: string
  state?: ArticleState
  audience?: Visibility
  /** At most 100 characters. */
  slug?: string
  seen_at?: string | null
}

/** `POST /api/v1/articles/preview`: a title and a text that need not be finished. */
export interface PreviewArticle {
  /** At most 200 characters. */
  title: string
  /** At most 100000 characters. */
  body: string
  /** At least 2 characters, at most 35 characters. */
  locale?: string
}

/**
 * An article in the list. `path` is its address in the help centre, empty unless readers can open it; `helpful` and
 * `unhelpful` count readers' votes; `edited_by` is the last editor's name.
 */
export interface ArticleRowView {
  id: string
  slug: string
  title: string
  category: string
  locale: string
  state: ArticleState
  audience: Visibility
  path: string
  helpful: number
  unhelpful: number
  edited_by: string | null
  created_at: string
  updated_at: string
}

/** A reason a reader gave for why an article did not help. */
export interface ArticleReasonView {
  text: string
  created_at: string
}

/**
 * Articles, the last edited first. `next` is the cursor of the following page. `categories` and `locales` are all in
 * use, whatever the filter.
 */
export interface ArticlePage {
  articles: ArticleRowView[]
  next: string | null
  categories: string[]
  locales: string[]
  ok: true
}

/** An article with its text, and the newest reasons of readers whom it did not help. */
export interface ArticleIs {
  article: ArticleRowView
  body: string
  reasons: ArticleReasonView[]
  ok: true
}

/** The article as the help centre shows it: the HTML of its content, and the direction of its language. */
export interface ArticlePreviewIs {
  html: string
  dir: "ltr" | "rtl"
  ok: true
}

/**
 * A file of an import and what became of it. `trouble` says why it was refused, `field` which line of its front
 * matter is wrong.
 */
export interface ImportedFileView {
  name: string
  outcome: ImportOutcome
  title: string
  trouble: ImportTrouble | null
  field: string
}

/** Every file of an import. After a dry run nothing is written and the outcomes are what an import would do. */
export interface ArticlesImported {
  is_dry: boolean
  created: number
  updated: number
  unchanged: number
  refused: number
  files: ImportedFileView[]
  ok: true
}
