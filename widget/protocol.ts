import type { WidgetInboxView } from "@parley/client/contract"

/** What the host page and the widget's frame say to each other, and nothing else is believed. */

/** What an inbox will be once its settings are saved; only our own settings page is believed. */
export type InboxPreview = Partial<WidgetInboxView> & { screen?: "home" | "form" }

/** From the host page's script to the frame, whole, whenever any of it changes. */
export interface HostSays {
  parley: 1
  /** Who is signed in to the page, signed by its server; null once they have signed out. */
  identity_token?: string | null
  url: string
  title?: string
  color?: string
  is_open: boolean
  preview?: InboxPreview
}

/** From the frame to the host page's script. The visitor's token never leaves the frame. */
export type FrameSays =
  | { parley: 1; type: "ready" }
  | { parley: 1; type: "toggle"; is_open: boolean }
  /** The identity token's time is over: the page is asked for another. */
  | { parley: 1; type: "token" }
  /** The launcher's names in the visitor's language; `has_open` asks for the frame on the next page too. */
  | {
      parley: 1
      type: "status"
      unread_count: number
      has_open: boolean
      label: string
      close_label: string
      color: string
      /** The same, ready to be drawn and kept; a script of an earlier version reads the fields above. */
      badge: string
      labels: [open: string, close: string]
      memory: string
    }

export type Unmarked<M> = M extends unknown ? Omit<M, "parley"> : never
