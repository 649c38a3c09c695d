import type { VisitorConversationView } from "@parley/client/contract"

export function isDone(it: VisitorConversationView | null): boolean {
  return it?.category === "resolved" || it?.category === "closed"
}

export function newestFirst(all: ReadonlyMap<string, VisitorConversationView>): VisitorConversationView[] {
  return [...all.values()].sort((a, b) => (a.last_message_at < b.last_message_at ? 1 : -1))
}
