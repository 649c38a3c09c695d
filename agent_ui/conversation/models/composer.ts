import { type AttachmentView, LIMITS, type Visibility } from "@parley/client/contract"
import type { OutboxEntry } from "@parley/client/outbox"
import { canShrink } from "@parley/client/pictures"
import { sizeOf } from "@parley/client/text-size"
import type { SendMore } from "@parley/client/thread"
import { type ComputedRef, computed, type Ref, ref, type ShallowRef, shallowRef } from "vue"
import { ApiError } from "../../shared/models/api"
import type { Upload, Uploader } from "../../shared/models/uploads"
import { type Gap, gapsLeft } from "./canned"
import { type Draft, type Drafts, messageOf, withTakenBack } from "./drafts"

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

/** A text under the other mode: it waits there until the agent goes to it. */
interface Aside {
  body: string
  files: readonly ComposerFile[]
}

export interface Composer {
  body: Readonly<Ref<string>>
  /** Who will read it. Only `setMode` changes it, and only the agent calls that. */
  mode: Readonly<Ref<Visibility>>
  files: Readonly<ShallowRef<readonly ComposerFile[]>>
  problem: Readonly<ShallowRef<FileProblem | null>>
  /** What waits under the other mode. */
  aside: Readonly<ShallowRef<Aside | null>>
  size: ComputedRef<number>
  isTooLong: ComputedRef<boolean>
  canSend: ComputedRef<boolean>
  write(text: string): void
  /** Put text where the caret is. Returns where the caret goes. */
  insert(text: string, start: number, end: number): number
  /** Put text in place of a stretch of it; `gaps` are the parts of the new text that the agent fills in. */
  replace(text: string, start: number, end: number, gaps: readonly string[]): void
  /** The gaps of canned text that still wait to be filled in. */
  gaps(): Gap[]
  /** The first gap that nobody has been warned of; asking is the warning. */
  warnOfGap(): Gap | null
  /** The text goes along, unless another waits under that mode: then each stays where it is. */
  setMode(mode: Visibility): void
  attach(files: Iterable<File>): void
  remove(key: string): void
  /** What was handed over to be sent; empty when there was nothing to say. */
  send(more?: { hold_ms?: number }): Promise<OutboxEntry | null>
  /** A message comes back for another look, under the mode it was written in. */
  takeBack(entry: OutboxEntry): void
  /** Settles once every file has arrived or failed; at once, where none is on its way. */
  uploaded(): Promise<void>
  stop(): void
}

export interface ComposerThread {
  send(body: string, more: SendMore): Promise<OutboxEntry>
  setTyping(isTyping: boolean): void
  snapshot(): { last_seq: number }
}

/** What the agent is writing in one conversation: text, who will read it, files; kept as a draft at every step. */
export function createComposer(
  id: string,
  thread: ComposerThread,
  drafts: Drafts,
  upload: Uploader,
  maxFileBytes: number,
): Composer {
  const draft = drafts.load(id)
  const body = ref(draft.body)
  const mode = ref<Visibility>(draft.mode)
  const files = shallowRef<readonly ComposerFile[]>(draft.attachments.map(arrived))
  const aside = shallowRef<Aside | null>(draft.aside ? asideOf(draft.aside) : null)
  const problem = shallowRef<FileProblem | null>(null)
  const running = new Map<string, Upload>()
  let canned = draft.gaps ?? []
  let warnedOf = ""
  let lastKey = 0
  /** The agent has worked here: who reads it is theirs to say from now on. */
  let isTouched = false

  const size = computed(() => sizeOf(body.value.trim()))
  const isTooLong = computed(() => size.value > LIMITS.messageBody)
  const isWaiting = computed(() => files.value.some(file => file.attachment === null))
  const canSend = computed(
    () =>
      !isWaiting.value &&
      !isTooLong.value &&
      files.value.length <= LIMITS.attachments &&
      (body.value.trim() !== "" || files.value.length > 0),
  )
  const arrivedOf = (some: readonly ComposerFile[]) => some.flatMap(file => file.attachment ?? [])
  const gaps = () => gapsLeft(body.value, canned)

  function now(): Draft {
    const other = aside.value
    return {
      body: body.value,
      mode: mode.value,
      attachments: arrivedOf(files.value),
      ...(gaps().length > 0 ? { gaps: canned } : {}),
      ...(other ? { aside: { body: other.body, attachments: arrivedOf(other.files) } } : {}),
    }
  }

  function save() {
    isTouched = true
    drafts.save(id, now())
  }

  function show({ body: text, mode: readers, attachments, aside: other }: Draft) {
    body.value = text
    mode.value = readers
    files.value = [...files.value.filter(file => file.attachment === null), ...attachments.map(arrived)]
    aside.value = other ? asideOf(other) : null
  }

  function change(key: string, step: Partial<ComposerFile>) {
    const changed = (file: ComposerFile) => (file.key === key ? { ...file, ...step } : file)
    files.value = files.value.map(changed)
    if (aside.value) aside.value = { ...aside.value, files: aside.value.files.map(changed) }
  }

  function remove(key: string) {
    running.get(key)?.cancel()
    running.delete(key)
    files.value = files.value.filter(file => file.key !== key)
    if (aside.value) aside.value = { ...aside.value, files: aside.value.files.filter(file => file.key !== key) }
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
        problem.value = { kind: problemOf(error, file, maxFileBytes), name: file.name }
        remove(key)
      },
    )
  }

  // Another screen of this agent went on with it.
  const stopHearing = drafts.onChange((about, said) => {
    if (about !== id) return
    const isNothing = said.body === "" && said.attachments.length === 0
    if (isNothing) show({ ...now(), body: "", attachments: [] })
    else if (said.mode === mode.value || !isTouched) show({ ...now(), ...said })
    else {
      // Other readers than here: it waits beside what is written here, and neither screen takes the other's place.
      aside.value = { body: said.body, files: said.attachments.map(arrived) }
      drafts.keep(id, now())
    }
  })

  return {
    body,
    mode,
    files,
    problem,
    aside,
    size,
    isTooLong,
    canSend,
    gaps,
    remove,
    write(text) {
      body.value = text
      save()
      // A note is nobody's business outside: the contact is not told that somebody types.
      if (mode.value === "public") thread.setTyping(text !== "")
    },
    insert(text, start, end) {
      const before = body.value.slice(0, start)
      const gap = before !== "" && !/\s$/.test(before) ? " " : ""
      body.value = before + gap + text + body.value.slice(end)
      save()
      return before.length + gap.length + text.length
    },
    replace(text, start, end, added) {
      body.value = body.value.slice(0, start) + text + body.value.slice(end)
      canned = [...new Set([...canned, ...added])]
      save()
    },
    warnOfGap() {
      const left = gaps()
      const names = JSON.stringify(left.map(gap => body.value.slice(gap.start, gap.end)))
      const isNews = left.length > 0 && names !== warnedOf
      warnedOf = names
      return isNews ? (left[0] ?? null) : null
    },
    setMode(next) {
      if (next === mode.value) return
      const other = aside.value
      if (other) {
        const isNothing = body.value === "" && files.value.length === 0
        aside.value = isNothing ? null : { body: body.value, files: files.value }
        body.value = other.body
        files.value = other.files
      }
      mode.value = next
      if (next === "internal") thread.setTyping(false)
      save()
    },
    attach(added) {
      problem.value = null
      for (const file of added) {
        if (files.value.length >= LIMITS.attachments) problem.value = { kind: "too_many", name: file.name }
        else if (file.size > maxFileBytes && !canShrink(file)) problem.value = { kind: "too_large", name: file.name }
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
      canned = []
      warnedOf = ""
      save()
      return thread.send(text, { attachments, visibility, ...seen, ...more })
    },
    takeBack(entry) {
      const pending = files.value.filter(file => file.attachment === null)
      show(withTakenBack(now(), messageOf(entry)))
      files.value = [...files.value.filter(file => file.attachment !== null), ...pending]
      save()
    },
    async uploaded() {
      while (running.size > 0) await Promise.allSettled([...running.values()].map(run => run.done))
    },
    stop() {
      stopHearing()
      thread.setTyping(false)
      for (const run of running.values()) run.cancel()
      running.clear()
    },
  }
}

function problemOf(error: unknown, file: File, maxFileBytes: number): FileProblem["kind"] {
  if (!(error instanceof ApiError)) return "failed"
  if (error.code === "too_large") return file.size > maxFileBytes ? "too_large" : "too_many_pixels"
  return error.code === "invalid" ? "damaged" : "failed"
}

function asideOf({ body, attachments }: NonNullable<Draft["aside"]>): Aside {
  return { body, files: attachments.map(arrived) }
}

function arrived(attachment: AttachmentView): ComposerFile {
  return { key: attachment.id, name: attachment.name, size: attachment.size, progress: 1, attachment }
}
