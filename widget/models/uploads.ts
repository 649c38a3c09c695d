import { type AttachmentView, LIMITS, type Refused, type Uploaded } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import { canShrink, shrink } from "@parley/client/pictures"

export type UploadTrouble = "too_big" | "too_many_pixels" | "damaged" | "upload_failed" | "too_many"

/** A file on its way to the server. */
export interface Upload {
  key: number
  name: string
  /** 0 to 1. */
  progress: number
  trouble: UploadTrouble | null
  attachment: AttachmentView | null
}

export interface Uploads {
  list(): readonly Upload[]
  subscribe(told: () => void): () => void
  add(files: Iterable<File>): void
  /** Also stops it if it is still going. */
  remove(key: number): void
  /** What is there, for a message; the list is empty afterwards. */
  take(): AttachmentView[]
  close(): void
}

/** Files are sent one by one to `POST /api/v1/attachments`; XMLHttpRequest, because fetch tells no progress. */
export function createUploads(
  origin: string,
  token: () => string | null,
  /** The server's own limit, as it said when the widget opened. */
  maxBytes: () => number,
  newRequest = () => new XMLHttpRequest(),
  smaller = shrink,
): Uploads {
  const changes = createListeners<[]>()
  const requests = new Map<number, XMLHttpRequest>()
  let list: Upload[] = []
  let lastKey = 0

  function show(next: Upload[]): void {
    list = next
    changes.tell()
  }

  function update(key: number, change: Partial<Upload>): void {
    show(list.map(it => (it.key === key ? { ...it, ...change } : it)))
  }

  /** A picture with more bytes or pixels than the server takes goes again with fewer, once. */
  async function again(key: number, file: File): Promise<void> {
    const less = await smaller(file)
    if (!list.some(it => it.key === key)) return
    if (less && less.size <= maxBytes()) send(key, less, false)
    else update(key, { trouble: file.size > maxBytes() ? "too_big" : "too_many_pixels" })
  }

  function send(key: number, file: File, mayShrink = canShrink(file)): void {
    if (file.size > maxBytes()) return void again(key, file)
    const request = newRequest()
    requests.set(key, request)
    request.open("POST", `${origin}/api/v1/attachments`)
    request.setRequestHeader("Authorization", `Bearer ${token()}`)
    request.upload.onprogress = event => update(key, { progress: event.loaded / (event.total || file.size || 1) })
    request.onload = () => {
      requests.delete(key)
      const outcome = outcomeOf(request)
      if (outcome.trouble === "too_many_pixels" && mayShrink) void again(key, file)
      else update(key, outcome)
    }
    request.onerror = request.ontimeout = () => update(key, { trouble: "upload_failed" })
    const form = new FormData()
    form.append("file", file, file.name || "file")
    request.send(form)
  }

  function stop(key: number): void {
    requests.get(key)?.abort()
    requests.delete(key)
  }

  return {
    list: () => list,
    subscribe: changes.add,
    add(files) {
      for (const file of files) {
        const key = ++lastKey
        const isOver = list.filter(it => !it.trouble).length >= LIMITS.attachments
        const trouble = isOver ? "too_many" : file.size > maxBytes() && !canShrink(file) ? "too_big" : null
        show([...list, { key, name: file.name, progress: 0, trouble, attachment: null }])
        if (!trouble) send(key, file)
      }
    },
    remove(key) {
      stop(key)
      show(list.filter(it => it.key !== key))
    },
    take() {
      const ready = list.flatMap(it => it.attachment ?? [])
      show([])
      return ready
    },
    close() {
      for (const key of [...requests.keys()]) stop(key)
    },
  }
}

function outcomeOf(request: XMLHttpRequest): Partial<Upload> {
  try {
    const answer = JSON.parse(request.responseText) as Uploaded | Refused
    if (answer.ok) return { progress: 1, attachment: answer.attachment }
    // Its bytes were counted before it was sent, so what is too large now are its pixels.
    const troubles = { too_large: "too_many_pixels", invalid: "damaged" } as Record<string, UploadTrouble>
    return { trouble: troubles[answer.code] ?? "upload_failed" }
  } catch {
    return { trouble: "upload_failed" }
  }
}
