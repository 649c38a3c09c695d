import type { ErrorCode, MessageView, Refused } from "@parley/client/contract"
import { toJson } from "@parley/client/text"

/** Something was asked over HTTP and did not happen. `offline` when no answer came at all. */
export class ApiError extends Error {
  readonly code: ErrorCode | "offline"
  readonly status: number
  readonly retrySeconds: number | null
  readonly missed: MessageView[]

  constructor(
    status: number,
    refused: Pick<Refused, "detail" | "retry_seconds" | "missed"> & { code: ErrorCode | "offline" },
  ) {
    super(refused.detail)
    this.code = refused.code
    this.status = status
    this.retrySeconds = refused.retry_seconds
    this.missed = refused.missed
  }
}

export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  delete<T>(path: string): Promise<T>
}

type Fetch = (path: string, init: RequestInit) => Promise<Response>

/** JSON over the session cookie. Every refusal becomes an ApiError with the server's stable code. */
export function createApi(fetch: Fetch, onSignedOut: () => void): Api {
  async function ask<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response
    try {
      response = await fetch(`/api/v1${path}`, { credentials: "same-origin", ...init })
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error
      throw offline()
    }
    const answer: unknown = await response.json().catch(() => null)
    if (response.ok) return answer as T
    if (response.status === 401) onSignedOut()
    throw new ApiError(response.status, asRefused(answer))
  }
  const write = (method: string, body: unknown): RequestInit =>
    body instanceof FormData
      ? { method, body }
      : { method, headers: { "Content-Type": "application/json" }, body: toJson(body) }
  return {
    get: (path, signal) => ask(path, { method: "GET", signal: signal ?? null }),
    post: (path, body) => ask(path, write("POST", body)),
    put: (path, body) => ask(path, write("PUT", body)),
    delete: path => ask(path, { method: "DELETE" }),
  }
}

/** No answer came. */
export const offline = () => new ApiError(0, { code: "offline", detail: "", retry_seconds: null, missed: [] })

/** A proxy may answer with a page of its own instead of our JSON. */
export function asRefused(answer: unknown): Refused {
  if (typeof answer === "object" && answer !== null && "code" in answer) return answer as Refused
  return { ok: false, code: "unavailable", detail: "", retry_seconds: null, missed: [] }
}
