import type { Clock } from "@parley/client/clock"
import type { AttachmentView, DraftView, SaveDraft, Visibility } from "@parley/client/contract"

/** What was being written in one conversation. */
export interface Draft {
  body: string
  mode: Visibility
  attachments: AttachmentView[]
}

export interface Drafts {
  load(conversationId: string): Draft
  /** Kept here at once, and on the server when the writer pauses. */
  save(conversationId: string, draft: Draft): void
  /** The server's word, from another screen of this agent. What was written here since is newer. */
  take(view: DraftView): void
  /** Everything the server holds: what is not among it was sent or given up elsewhere. */
  takeAll(views: readonly DraftView[]): void
  /** The server has just forgotten this draft, because it was sent; what was begun since is to be kept again. */
  sent(conversationId: string): void
  /** Say now what waits to be said. */
  flush(): void
  onChange(told: (conversationId: string, draft: Draft) => void): () => void
  stop(): void
}

export interface DraftsOptions {
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">
  agentId: string
  clock: Clock
  /** Whether the server has it now. */
  push(draft: Omit<SaveDraft, "type">): Promise<boolean>
}

/** `isDirty`: the server does not have it yet. */
interface Kept extends Draft {
  isDirty: boolean
}

const EMPTY: Draft = { body: "", mode: "public", attachments: [] }
const PAUSE_MS = 600

/** One draft for each conversation and agent, so it outlives a switch, a reload, and this browser. */
export function createDrafts({ storage, agentId, clock, push }: DraftsOptions): Drafts {
  const prefix = `parley.draft.${agentId}.`
  const listeners = new Set<(conversationId: string, draft: Draft) => void>()
  const waiting = new Map<string, () => void>()

  function read(id: string): Kept | null {
    try {
      const kept: unknown = JSON.parse(storage.getItem(prefix + id) ?? "null")
      return isKept(kept) ? kept : null
    } catch {
      return null
    }
  }

  function write(id: string, draft: Kept) {
    try {
      if (isEmpty(draft) && !draft.isDirty) storage.removeItem(prefix + id)
      else storage.setItem(prefix + id, JSON.stringify(draft))
    } catch {
      // A full or forbidden storage costs the draft's second life here, not the draft.
    }
  }

  const plain = ({ body, mode, attachments }: Draft): Draft => ({ body, mode, attachments })

  async function say(id: string, draft: Draft) {
    waiting.get(id)?.()
    waiting.delete(id)
    const { body, mode, attachments } = draft
    const isKeptThere = await push({
      conversation_id: id,
      body,
      visibility: mode,
      attachment_ids: attachments.map(it => it.id),
    })
    const now = read(id)
    if (isKeptThere && now && same(now, draft)) write(id, { ...now, isDirty: false })
  }

  function saySoon(id: string, draft: Draft) {
    waiting.get(id)?.()
    waiting.set(
      id,
      clock.after(PAUSE_MS, () => void say(id, draft)),
    )
  }

  function held(): string[] {
    const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "")
    return keys.filter(key => key.startsWith(prefix)).map(key => key.slice(prefix.length))
  }

  function flush() {
    for (const id of held()) {
      const kept = read(id)
      if (kept?.isDirty) void say(id, plain(kept))
    }
  }

  function take({ conversation_id: id, body, visibility, attachments }: DraftView) {
    const before = read(id)
    const now: Draft = { body, mode: visibility, attachments }
    if (before?.isDirty || same(before ?? EMPTY, now)) return
    write(id, { ...now, isDirty: false })
    for (const told of listeners) told(id, now)
  }

  return {
    load: id => plain(read(id) ?? EMPTY),
    save(id, draft) {
      write(id, { ...plain(draft), isDirty: true })
      saySoon(id, plain(draft))
    },
    take,
    takeAll(views) {
      const there = new Set(views.map(view => view.conversation_id))
      for (const view of views) take(view)
      for (const id of held()) {
        if (!there.has(id))
          take({ conversation_id: id, body: "", visibility: "public", attachments: [], changed_at: "" })
      }
      flush()
    },
    sent(id) {
      const kept = read(id)
      if (kept && !isEmpty(kept)) void say(id, plain(kept))
    },
    flush,
    onChange(told) {
      listeners.add(told)
      return () => listeners.delete(told)
    },
    stop() {
      for (const [id, cancel] of waiting) {
        cancel()
        const kept = read(id)
        if (kept?.isDirty) void say(id, plain(kept))
      }
      waiting.clear()
    },
  }
}

const isEmpty = ({ body, mode, attachments }: Draft) => body === "" && attachments.length === 0 && mode === "public"

function same(a: Draft, b: Draft): boolean {
  const files = (draft: Draft) => draft.attachments.map(it => it.id).join()
  return a.body === b.body && a.mode === b.mode && files(a) === files(b)
}

function isKept(kept: unknown): kept is Kept {
  if (typeof kept !== "object" || kept === null) return false
  const { body, mode, attachments } = kept as Partial<Record<keyof Draft, unknown>>
  return typeof body === "string" && (mode === "public" || mode === "internal") && Array.isArray(attachments)
}
