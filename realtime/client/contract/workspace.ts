// Written by tools/types from app/contract. Change the Structs, not this file.

import type { ChecklistItemKey, ConfigArea } from "./values"

/** An admin changed settings: ask for what you show of this area again. */
export interface ConfigChanged {
  type: "config.changed"
  area: ConfigArea
}

/** The workspace: its name, and who changed it last. */
export interface WorkspaceView {
  name: string
  changed_by_name: string
  changed_at: string | null
}

/** The workspace after the change. */
export interface WorkspaceIs {
  workspace: WorkspaceView
  ok: true
}

/** `PUT /api/v1/workspace` */
export interface SetWorkspace {
  /** At most 200 characters, at least 1 characters. */
  name: string
}

/** One step of the setup, done or not. `detail` is the fact that shows it, such as the site that was seen, at `at`. */
export interface ChecklistItem {
  key: ChecklistItemKey
  is_done: boolean
  detail: string
  at: string | null
}

/** `GET /api/v1/setup/checklist`: what is set up and what is left, in order. */
export interface Checklist {
  items: ChecklistItem[]
  is_hidden: boolean
  ok: true
}

/** `PUT /api/v1/setup/checklist` */
export interface HideChecklist {
  is_hidden: boolean
}
