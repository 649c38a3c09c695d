/** What the host page and the widget's frame say to each other, and nothing else is believed. */

/** From the host page's script to the frame, whole, whenever any of it changes. */
export interface HostSays {
  parley: 1
  /** Who is signed in to the page, signed by its server. */
  identity_token?: string
  url: string
  title?: string
  color?: string
  is_open: boolean
}

/** From the frame to the host page's script. The visitor's token never leaves the frame. */
export type FrameSays =
  | { parley: 1; type: "ready" }
  | { parley: 1; type: "toggle"; is_open: boolean }
  /** The launcher's names in the visitor's language; `has_open` asks for the frame on the next page too. */
  | {
      parley: 1
      type: "status"
      unread_count: number
      has_open: boolean
      label: string
      close_label: string
      color: string
    }

export type Unmarked<M> = M extends unknown ? Omit<M, "parley"> : never
