import type { TextStorage } from "@parley/client/browser"

/** What a link from a mail asks for: to join, or to choose a new password. */
export interface OneTimeLink {
  kind: "join" | "reset"
  token: string
}

const KEPT = "parley.link"
const PATH = /\/inbox\/(join|reset)\/?$/

/**
 * The link this tab was opened with. Its token is taken out of the address, so that neither the history nor a page that is
 * linked to learns it; the tab keeps it for a reload until the link is used or given up.
 */
export function takeLink(location: Location, history: History, storage: TextStorage): OneTimeLink | null {
  const kind = PATH.exec(location.pathname)?.[1]
  const token = new URLSearchParams(location.search).get("token")
  if (kind && token) {
    const link = { kind, token } as OneTimeLink
    storage.setItem(KEPT, JSON.stringify(link))
    history.replaceState(null, "", location.pathname)
    return link
  }
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT) ?? "null")
    if (kept && typeof kept === "object" && "kind" in kept && "token" in kept) return kept as OneTimeLink
  } catch {
    dropLink(storage)
  }
  return null
}

export function dropLink(storage: TextStorage): void {
  storage.removeItem(KEPT)
}
