import type { FrameSays, HostSays, Unmarked } from "../protocol"

/** The page around the frame. */
export interface Host {
  say(words: Unmarked<FrameSays>): void
  onSaid(told: (words: HostSays) => void): () => void
}

/** Talks to one origin only: messages from elsewhere, or from another window, are not heard. */
export function createHost(origin: string, page: Window, frame: Window = window): Host {
  // A page of its own has nobody around it, and must not take its own words for a page's.
  if (page === frame) return { say() {}, onSaid: () => () => {} }
  return {
    say(words) {
      page.postMessage({ parley: 1, ...words }, origin)
    },
    onSaid(told) {
      const onMessage = (event: MessageEvent) => {
        if (event.origin === origin && event.source === page && isSaid(event.data)) told(event.data)
      }
      frame.addEventListener("message", onMessage)
      return () => frame.removeEventListener("message", onMessage)
    },
  }
}

/** Any script of the page may write to us: words of another shape are not heard at all. */
function isSaid(data: Partial<HostSays> | null): data is HostSays {
  const { parley, url, title = "", color = "", identity_token, is_open } = data ?? {}
  return parley === 1 && typeof is_open === "boolean" && [url, title, color, identity_token ?? ""].every(isText)
}

function isText(value: unknown): boolean {
  return typeof value === "string"
}
