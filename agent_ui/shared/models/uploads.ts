import type { AttachmentView, Uploaded } from "@parley/client/contract"
import { canShrink, shrink } from "@parley/client/pictures"
import { ApiError, asRefused, offline } from "./api"

export interface Upload {
  done: Promise<AttachmentView>
  cancel(): void
}

export type Uploader = (file: File, onProgress: (part: number) => void) => Upload

/** A picture with more bytes than `maxBytes`, or more pixels than the server takes, goes again with fewer, once. */
export function createFittingUploader(upload: Uploader, maxBytes: number, smaller = shrink): Uploader {
  return (file, onProgress) => {
    let current: Upload | null = null
    let isCancelled = false
    const send = (it: File) => {
      if (isCancelled) throw offline()
      current = upload(it, onProgress)
      return current.done
    }
    async function sendSmaller(error: unknown): Promise<AttachmentView> {
      const less = canShrink(file) ? await smaller(file) : null
      if (!less || less.size > maxBytes) throw error
      return send(less)
    }
    async function run(): Promise<AttachmentView> {
      if (file.size > maxBytes)
        return sendSmaller(new ApiError(413, { code: "too_large", detail: "", retry_seconds: null, missed: [] }))
      try {
        return await send(file)
      } catch (error) {
        if (error instanceof ApiError && error.code === "too_large") return sendSmaller(error)
        throw error
      }
    }
    return {
      done: run(),
      cancel() {
        isCancelled = true
        current?.cancel()
      },
    }
  }
}

/** Sends a file with progress from 0 to 1, which `fetch` cannot tell. */
export function createUploader(Request: typeof XMLHttpRequest): Uploader {
  return (file, onProgress) => {
    const request = new Request()
    const done = new Promise<AttachmentView>((resolve, reject) => {
      request.upload.onprogress = event => onProgress(event.lengthComputable ? event.loaded / event.total : 0)
      request.onload = () => {
        const answer = parse(request.responseText)
        if (request.status >= 200 && request.status < 300) resolve((answer as Uploaded).attachment)
        else reject(new ApiError(request.status, asRefused(answer)))
      }
      const fail = () => reject(offline())
      request.onerror = fail
      request.onabort = fail
    })
    const form = new FormData()
    form.append("file", file)
    request.open("POST", "/api/v1/attachments")
    request.send(form)
    return { done, cancel: () => request.abort() }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
