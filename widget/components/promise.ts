import type { VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { isDone } from "../models/conversations"
import type { Texts } from "../texts"

const LONGEST_SECONDS = 600

/** One promise at a time: none while an agent has the conversation, and the queue's own while the visitor waits in it. */
export function promiseOf(
  { inbox }: WidgetSession,
  conversation: VisitorConversationView | null,
  texts: Texts,
  now: number,
  back: "back_at" | "back_from" = "back_at",
): string {
  if (!inbox.is_staffed) return inbox.opens_at ? texts.t(back, { time: texts.coming(inbox.opens_at) }) : texts.t("away")
  const isTaken = !isDone(conversation) && (conversation?.agent_name || conversation?.queue)
  return (!isTaken && replyIn(inbox.reply_seconds, texts, now)) || texts.t("online")
}

/** Minutes as long as they are few, then words that hold. */
function replyIn(seconds: number | null, texts: Texts, now: number): string {
  if (!seconds) return ""
  if (seconds <= LONGEST_SECONDS) return texts.t("reply_in", { time: texts.duration(seconds) })
  const isToday = new Date(now).toDateString() === new Date(now + seconds * 1000).toDateString()
  return texts.t(isToday ? "reply_later" : "reply_mail")
}
