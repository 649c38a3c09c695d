import { openStorage } from "@parley/client/browser"
import type { ArticleIs, ArticleRowView, ArticleState, SaveArticle } from "@parley/client/contract"
import { computed, type Ref, ref, shallowRef, watch } from "vue"
import { useApp } from "../../shared/context"
import { ApiError } from "../../shared/models/api"
import { createArticleDrafts } from "../models/article-drafts"
import { type ArticleForm, formOf, isSameForm } from "../models/articles"

export type SaveOutcome = "saved" | "conflict" | "taken" | "missing_fields" | ApiError["code"]

const NEW = "new"
const EMPTY: ArticleForm = { title: "", category: "", locale: "en", audience: "public", body: "" }
const KEEP_MS = 300

/** An article in the editor: as it was saved, as it is typed, and what someone else made of it meanwhile. */
export function useArticle(firstId: string | null) {
  const { api, clock, people } = useApp()
  const drafts = createArticleDrafts(openStorage("localStorage"), people.meId)
  const id = ref(firstId)
  const form: Ref<ArticleForm> = ref({ ...EMPTY })
  const saved = shallowRef<ArticleIs | null>(null)
  /** Someone else's newer text, while there are words here that were not saved. */
  const theirs = shallowRef<ArticleIs | null>(null)
  const state = shallowRef<"loading" | "ready" | "failed" | "missing">(firstId ? "loading" : "ready")
  const isRestored = ref(false)
  const isChanged = computed(() => !isSameForm(form.value, saved.value ? formOf(saved.value) : EMPTY))
  let seenAt = ""
  let stopKeeping = () => {}

  const draftId = () => id.value ?? NEW

  function keep() {
    stopKeeping()
    if (isChanged.value) drafts.save(draftId(), { form: { ...form.value }, seenAt })
    else drafts.forget(draftId())
  }

  function take(article: ArticleIs) {
    saved.value = article
    theirs.value = null
    seenAt = article.article.updated_at
  }

  function restore() {
    const kept = drafts.load(draftId())
    if (!kept || isSameForm(kept.form, form.value)) return
    form.value = { ...kept.form }
    isRestored.value = true
    if (saved.value && kept.seenAt !== saved.value.article.updated_at) {
      theirs.value = saved.value
      seenAt = kept.seenAt
    }
  }

  async function load(): Promise<void> {
    if (!id.value) {
      restore()
      return
    }
    state.value = "loading"
    try {
      const article = await api.get<ArticleIs>(`/articles/${id.value}`)
      take(article)
      form.value = formOf(article)
      state.value = "ready"
      restore()
    } catch (error) {
      state.value = error instanceof ApiError && error.code === "not_found" ? "missing" : "failed"
    }
  }

  /** Look whether someone else has saved the article. Without words of our own, theirs are shown at once. */
  async function look(): Promise<void> {
    if (!id.value || state.value !== "ready") return
    const article = await api.get<ArticleIs>(`/articles/${id.value}`).catch(() => null)
    if (!article || article.article.updated_at === seenAt) return
    if (isChanged.value) theirs.value = article
    else {
      take(article)
      form.value = formOf(article)
    }
  }

  async function save(wanted: ArticleState): Promise<SaveOutcome> {
    const { title, category, body } = form.value
    if (!title.trim() || !category.trim() || !body.trim()) return "missing_fields"
    const asked: SaveArticle = { ...form.value, state: wanted, ...(id.value ? { seen_at: seenAt } : {}) }
    const sent = { ...form.value }
    try {
      const before = draftId()
      const article = id.value
        ? await api.put<ArticleIs>(`/articles/${id.value}`, asked)
        : await api.post<ArticleIs>("/articles", asked)
      drafts.forget(before)
      id.value = article.article.id
      take(article)
      // The server trims; what was typed since it was asked is kept.
      if (isSameForm(sent, form.value)) form.value = formOf(article)
      isRestored.value = false
      keep()
      return "saved"
    } catch (error) {
      if (!(error instanceof ApiError)) return "internal"
      if (error.code !== "conflict") return error.code
      await look()
      return theirs.value ? "conflict" : "taken"
    }
  }

  async function remove(): Promise<"removed" | ApiError["code"]> {
    try {
      if (id.value) await api.delete(`/articles/${id.value}`)
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "not_found"))
        return error instanceof ApiError ? error.code : "internal"
    }
    stopKeeping()
    drafts.forget(draftId())
    form.value = saved.value ? formOf(saved.value) : { ...EMPTY }
    return "removed"
  }

  watch(
    form,
    () => {
      stopKeeping()
      stopKeeping = clock.after(KEEP_MS, keep)
    },
    { deep: true },
  )

  return {
    id,
    form,
    saved: computed<ArticleRowView | null>(() => saved.value?.article ?? null),
    reasons: computed(() => saved.value?.reasons ?? []),
    theirs,
    state,
    isChanged,
    isRestored,
    load,
    look,
    save,
    remove,
    keep,
    /** Give up what was typed. */
    discard() {
      if (theirs.value) take(theirs.value)
      form.value = saved.value ? formOf(saved.value) : { ...EMPTY }
      isRestored.value = false
      keep()
    },
    /** Keep what was typed, over what someone else saved. */
    insist() {
      if (theirs.value) seenAt = theirs.value.article.updated_at
      theirs.value = null
      keep()
    },
  }
}
