import { type AttachmentView, LIMITS, type Refused, type Uploaded } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"

export type UploadTrouble = "too_big" | "bad_type" | "upload_failed" | "too_many"

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

const MOST_BYTES = 10 * 1024 * 1024

/** Files are sent one by one to `POST /api/v1/attachments`; XMLHttpRequest, because fetch tells no progress. */
export function createUploads(
  origin: string,
  token: () => string | null,
  newRequest = () => new XMLHttpRequest(),
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

  function send(key: number, file: File): void {
    const request = newRequest()
    requests.set(key, request)
    request.open("POST", `${origin}/api/v1/attachments`)
    request.setRequestHeader("Authorization", `Bearer ${token()}`)
    request.upload.onprogress = event => update(key, { progress: event.loaded / (event.total || file.size || 1) })
    request.onload = () => {
      requests.delete(key)
      update(key, outcomeOf(request))
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
        const trouble = file.size > MOST_BYTES ? "too_big" : isOver ? "too_many" : null
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
    return {
      trouble: answer.code === "too_large" ? "too_big" : answer.code === "invalid" ? "bad_type" : "upload_failed",
    }
  } catch {
    return { trouble: "upload_failed" }
  }
}
