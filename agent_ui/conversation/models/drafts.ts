import type { Clock } from "@parley/client/clock"
import type { AttachmentView, DraftView, SaveDraft, Visibility } from "@parley/client/contract"
import type { OutboxEntry } from "@parley/client/outbox"

/** A text with its readers and files. */
export interface Written {
  body: string
  mode: Visibility
  attachments: AttachmentView[]
}

/** What was being written in one conversation. */
export interface Draft extends Written {
  /** The parts of canned text that the agent fills in, as they were inserted. */
  gaps?: readonly string[]
  /** A text that waits under the other mode. Kept in this browser alone. */
  aside?: { body: string; attachments: AttachmentView[] }
}

export interface Drafts {
  load(conversationId: string): Draft
  /** Kept here at once, and on the server when the writer pauses. */
  save(conversationId: string, draft: Draft): void
  /** Kept here, and not said to the server. */
  keep(conversationId: string, draft: Draft): void
  /** A message of a conversation that is not on the screen comes back for another look. */
  takeBack(conversationId: string, entry: OutboxEntry): void
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

  const plain = ({ isDirty, ...draft }: Kept): Draft => draft

  function save(id: string, draft: Draft) {
    write(id, { ...draft, isDirty: true })
    saySoon(id, draft)
  }

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
    const before = read(id) ?? { ...EMPTY, isDirty: false }
    const isNothing = body === "" && attachments.length === 0
    // That it was sent or given up says nothing of who reads what is written next.
    const now: Draft = { ...plain(before), body, mode: isNothing ? before.mode : visibility, attachments }
    if (before.isDirty || same(before, now)) return
    write(id, { ...now, isDirty: false })
    for (const told of listeners) told(id, plain({ ...now, isDirty: false }))
  }

  return {
    load(id) {
      const kept = read(id)
      return kept ? plain(kept) : EMPTY
    },
    save,
    keep: (id, draft) => write(id, { ...draft, isDirty: false }),
    takeBack(id, entry) {
      const kept = read(id)
      const now = withTakenBack(kept ? plain(kept) : EMPTY, messageOf(entry))
      save(id, now)
      for (const told of listeners) told(id, now)
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

/** What an outbox entry says, as it was written. */
export function messageOf({ command, attachments }: OutboxEntry): Written {
  return { body: command.body, mode: ("visibility" in command && command.visibility) || "public", attachments }
}

/** A message that was taken back goes before what is being written for the same readers, else under the other mode. */
export function withTakenBack(draft: Draft, { body, mode, attachments }: Written): Draft {
  const before = (rest: Omit<Written, "mode">) => ({
    body: [body, rest.body].filter(text => text !== "").join("\n\n"),
    attachments: [...attachments, ...rest.attachments],
  })
  if (draft.mode === mode) return { ...draft, ...before(draft) }
  return { ...draft, aside: before(draft.aside ?? { body: "", attachments: [] }) }
}

const isEmpty = ({ body, mode, attachments, aside }: Draft) =>
  body === "" && attachments.length === 0 && mode === "public" && aside === undefined

function same(a: Written, b: Written): boolean {
  const files = (draft: Written) => draft.attachments.map(it => it.id).join()
  return a.body === b.body && a.mode === b.mode && files(a) === files(b)
}

function isKept(kept: unknown): kept is Kept {
  if (typeof kept !== "object" || kept === null) return false
  const { body, mode, attachments } = kept as Partial<Record<keyof Draft, unknown>>
  return typeof body === "string" && (mode === "public" || mode === "internal") && Array.isArray(attachments)
}
