import type { Outbox, Sendable } from "@parley/client/outbox"
import type { Uploader } from "./uploads"

/** What alerts need of the browser. */
export interface Surroundings {
  isHidden(): boolean
  /** Of several tabs only the first to ask may ring. */
  isFirstToRing(key: string): Promise<boolean>
  beep(): void
  setTitle(title: string): void
  setBadge(count: number): void
  canNotify(): boolean
  askToNotify(): Promise<boolean>
  notify(title: string, body: string, tag: string, onClick: () => void): void
}

export interface AlertWords {
  /** A name for somebody who has not said theirs. */
  visitor(contactId: string): string
  offered(): string
  escalated(): string
}

/** What the models of this page need of the browser. */
export interface Doors {
  outbox: Outbox
  /** Says a command without waiting for the answer, also while the page goes. */
  lastWord(command: Sendable): void
  around: Surroundings
  words: AlertWords
  upload: Uploader
  /** As large as the server takes a file. */
  maxFileBytes: number
}
