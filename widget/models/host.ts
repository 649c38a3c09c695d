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
        const isOurs = event.origin === origin && event.source === page && event.data?.parley === 1
        if (isOurs) told(event.data as HostSays)
      }
      frame.addEventListener("message", onMessage)
      return () => frame.removeEventListener("message", onMessage)
    },
  }
}
