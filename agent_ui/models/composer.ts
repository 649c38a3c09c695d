import { type AttachmentView, LIMITS, type Visibility } from "@parley/client/contract"
import type { OutboxEntry } from "@parley/client/outbox"
import { canShrink } from "@parley/client/pictures"
import type { SendMore } from "@parley/client/thread"
import { type ComputedRef, computed, type Ref, ref, type ShallowRef, shallowRef } from "vue"
import { ApiError } from "./api"
import type { Drafts } from "./drafts"
import type { Upload, Uploader } from "./uploads"

export const LARGEST_FILE = 10_000_000

/** A file on its way into a message. `attachment` once it has arrived. */
export interface ComposerFile {
  key: string
  name: string
  size: number
  /** From 0 to 1. */
  progress: number
  attachment: AttachmentView | null
}

export type FileProblem = { kind: "too_large" | "too_many" | "too_many_pixels" | "failed" | "damaged"; name: string }

export interface Composer {
  body: Readonly<Ref<string>>
  mode: Readonly<Ref<Visibility>>
  files: Readonly<ShallowRef<readonly ComposerFile[]>>
  problem: Readonly<ShallowRef<FileProblem | null>>
  excess: ComputedRef<number>
  canSend: ComputedRef<boolean>
  write(text: string): void
  /** Put text where the caret is, as a reply. Returns where the caret goes. */
  insert(text: string, start: number, end: number): number
  /** Put text in place of what stands between, whoever will read it. */
  replace(text: string, start: number, end: number): void
  setMode(mode: Visibility): void
  attach(files: Iterable<File>): void
  remove(key: string): void
  /** What was handed over to be sent; empty when there was nothing to say. */
  send(more?: { hold_ms?: number }): Promise<OutboxEntry | null>
  /** A refused message comes back for another look. */
  takeBack(entry: OutboxEntry): void
  stop(): void
}

export interface ComposerThread {
  send(body: string, more: SendMore): Promise<OutboxEntry>
  setTyping(isTyping: boolean): void
  snapshot(): { last_seq: number }
}

/** What the agent is writing in one conversation: text, who will read it, files; kept as a draft at every step. */
export function createComposer(id: string, thread: ComposerThread, drafts: Drafts, upload: Uploader): Composer {
  const draft = drafts.load(id)
  const body = ref(draft.body)
  const mode = ref<Visibility>(draft.mode)
  const files = shallowRef<readonly ComposerFile[]>(draft.attachments.map(arrived))
  const problem = shallowRef<FileProblem | null>(null)
  const running = new Map<string, Upload>()
  let lastKey = 0

  const excess = computed(() => Math.max(0, body.value.length - LIMITS.body))
  const isWaiting = computed(() => files.value.some(file => file.attachment === null))
  const canSend = computed(
    () => !isWaiting.value && excess.value === 0 && (body.value.trim() !== "" || files.value.length > 0),
  )

  function save() {
    const attachments = files.value.flatMap(file => file.attachment ?? [])
    drafts.save(id, { body: body.value, mode: mode.value, attachments })
  }

  function change(key: string, step: Partial<ComposerFile>) {
    files.value = files.value.map(file => (file.key === key ? { ...file, ...step } : file))
  }

  function remove(key: string) {
    running.get(key)?.cancel()
    running.delete(key)
    files.value = files.value.filter(file => file.key !== key)
    save()
  }

  function start(file: File) {
    const key = `new-${++lastKey}`
    files.value = [...files.value, { key, name: file.name, size: file.size, progress: 0, attachment: null }]
    const run = upload(file, progress => change(key, { progress }))
    running.set(key, run)
    run.done.then(
      attachment => {
        running.delete(key)
        change(key, { attachment, progress: 1 })
        save()
      },
      (error: unknown) => {
        if (!running.has(key)) return
        problem.value = { kind: problemOf(error, file), name: file.name }
        remove(key)
      },
    )
  }

  // Another screen of this agent went on with it.
  const stopHearing = drafts.onChange((about, now) => {
    if (about !== id) return
    body.value = now.body
    mode.value = now.mode
    files.value = [...files.value.filter(file => file.attachment === null), ...now.attachments.map(arrived)]
  })

  return {
    body,
    mode,
    files,
    problem,
    excess,
    canSend,
    remove,
    write(text) {
      body.value = text
      save()
      // A note is nobody's business outside: the contact is not told that somebody types.
      if (mode.value === "public") thread.setTyping(text !== "")
    },
    insert(text, start, end) {
      mode.value = "public"
      const before = body.value.slice(0, start)
      const gap = before !== "" && !/\s$/.test(before) ? " " : ""
      body.value = before + gap + text + body.value.slice(end)
      save()
      return before.length + gap.length + text.length
    },
    replace(text, start, end) {
      body.value = body.value.slice(0, start) + text + body.value.slice(end)
      save()
    },
    setMode(next) {
      mode.value = next
      if (next === "internal") thread.setTyping(false)
      save()
    },
    attach(added) {
      problem.value = null
      for (const file of added) {
        if (files.value.length >= LIMITS.attachments) problem.value = { kind: "too_many", name: file.name }
        else if (file.size > LARGEST_FILE && !canShrink(file)) problem.value = { kind: "too_large", name: file.name }
        else start(file)
      }
    },
    async send(more = {}) {
      if (!canSend.value) return null
      const text = body.value.trim()
      const attachments = files.value.flatMap(file => file.attachment ?? [])
      const visibility = mode.value
      const seen = visibility === "public" ? { seen_seq: thread.snapshot().last_seq } : {}
      body.value = ""
      files.value = []
      problem.value = null
      mode.value = "public"
      save()
      return thread.send(text, { attachments, visibility, ...seen, ...more })
    },
    takeBack(entry) {
      const { command } = entry
      body.value = [command.body, body.value].filter(text => text !== "").join("\n\n")
      mode.value = ("visibility" in command && command.visibility) || "public"
      files.value = [...entry.attachments.map(arrived), ...files.value]
      save()
    },
    stop() {
      stopHearing()
      thread.setTyping(false)
      for (const run of running.values()) run.cancel()
      running.clear()
    },
  }
}

function problemOf(error: unknown, file: File): FileProblem["kind"] {
  if (!(error instanceof ApiError)) return "failed"
  if (error.code === "too_large") return file.size > LARGEST_FILE ? "too_large" : "too_many_pixels"
  return error.code === "invalid" ? "damaged" : "failed"
}

function arrived(attachment: AttachmentView): ComposerFile {
  return { key: attachment.id, name: attachment.name, size: attachment.size, progress: 1, attachment }
}
