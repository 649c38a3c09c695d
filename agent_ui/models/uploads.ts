import type { AttachmentView, Uploaded } from "@parley/client/contract"
import { ApiError, asRefused, offline } from "./api"

export interface Upload {
  done: Promise<AttachmentView>
  cancel(): void
}

export type Uploader = (file: File, onProgress: (part: number) => void) => Upload

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
