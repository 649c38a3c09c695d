/** The dialogs an agent can open on a conversation. */
export type DialogName = "assign" | "transfer" | "snooze" | "escalate" | "tag"
