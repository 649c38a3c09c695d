import type { AttachmentView, Visibility } from "@parley/client/contract"

/** What was being written in one conversation. */
export interface Draft {
  body: string
  mode: Visibility
  attachments: AttachmentView[]
}

export interface Drafts {
  load(conversationId: string): Draft
  save(conversationId: string, draft: Draft): void
}

const EMPTY: Draft = { body: "", mode: "public", attachments: [] }

/** One draft for each conversation and agent, so it outlives a switch, a reload and a closed browser. */
export function createDrafts(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">, agentId: string): Drafts {
  const keyOf = (conversationId: string) => `parley.draft.${agentId}.${conversationId}`
  return {
    load(conversationId) {
      try {
        const kept: unknown = JSON.parse(storage.getItem(keyOf(conversationId)) ?? "null")
        return isDraft(kept) ? kept : { ...EMPTY }
      } catch {
        return { ...EMPTY }
      }
    },
    save(conversationId, draft) {
      const isEmpty = draft.body === "" && draft.attachments.length === 0 && draft.mode === "public"
      try {
        if (isEmpty) storage.removeItem(keyOf(conversationId))
        else storage.setItem(keyOf(conversationId), JSON.stringify(draft))
      } catch {
        // A full or forbidden storage costs the draft's second life, not the draft.
      }
    },
  }
}

function isDraft(kept: unknown): kept is Draft {
  if (typeof kept !== "object" || kept === null) return false
  const { body, mode, attachments } = kept as Partial<Record<keyof Draft, unknown>>
  return typeof body === "string" && (mode === "public" || mode === "internal") && Array.isArray(attachments)
}
