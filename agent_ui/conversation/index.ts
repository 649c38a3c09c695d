import { lazyComponent } from "../shared/lazy-modules"

export { default as ConversationPane } from "./components/ConversationPane.vue"
export type { ChangeItem, LogEntry, LogItem } from "./components/log-items"
export { default as MessageLog } from "./components/MessageLog.vue"
export type { DialogName } from "./components/names"
export { default as OfferActions } from "./components/OfferActions.vue"
export { default as RichText } from "./components/RichText.vue"
export { default as SystemLine } from "./components/SystemLine.vue"
export { useConversationCommands } from "./components/use-conversation-commands"
export { useThread } from "./components/use-thread"

export const AssignDialog = lazyComponent(() => import("./components/AssignDialog.vue"))
export const ConversationDialog = lazyComponent(() => import("./components/ConversationDialog.vue"))
