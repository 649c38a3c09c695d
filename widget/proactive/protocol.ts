/** What the host page and the small frame of visits say to each other. */

export interface PageReport {
  parley: 1
  url: string
  title: string
  is_open: boolean
}

export type FrameRequest =
  | { parley: 1; type: "ready" }
  /** Draw the frame this high; `title` is its name for those who listen. */
  | { parley: 1; type: "show"; height: number; title: string }
  | { parley: 1; type: "hide" }
  /** Open the chat: the visitor wants to answer. */
  | { parley: 1; type: "open" }
