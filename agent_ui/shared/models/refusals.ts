import type { ErrorCode } from "@parley/client/contract"
import type { Key } from "../words/translate"

const WORDS: Record<ErrorCode | "offline", Key> = {
  invalid: "error.invalid",
  incomplete: "error.incomplete",
  unauthenticated: "error.unauthenticated",
  forbidden: "error.forbidden",
  not_found: "error.not_found",
  conflict: "error.conflict",
  rate_limited: "error.rate_limited",
  too_large: "error.too_large",
  unavailable: "error.unavailable",
  internal: "error.internal",
  offline: "error.offline",
}

/** What to tell a person about a refusal. */
export function wordsFor(code: ErrorCode | "offline"): Key {
  return WORDS[code] ?? "error.internal"
}
