import type { ThreadRow } from "@parley/client/rows"
import { h } from "preact"
import type { Texts } from "../texts"
import { Formatted } from "./formatted"
import { Late } from "./late-components"

interface BubbleProps {
  row: ThreadRow
  texts: Texts
  token: () => string
  /** First and last of what one person said in one go. */
  isFirst: boolean
  isLast: boolean
  showsProgress: boolean
  onRetry: () => void
  onDiscard: () => void
}

export function Bubble({ row, texts, token, isFirst, isLast, showsProgress, onRetry, onDiscard }: BubbleProps) {
  const { message, progress } = row
  const isOwn = message.author.kind === "contact"
  const name = isOwn ? texts.t("you") : message.author.name || texts.t("support")
  return (
    <div class={`row ${isOwn ? "own" : "other"} ${isLast ? "last" : ""} ${progress}`}>
      <span class={isFirst && !isOwn ? "author" : "hidden"}>
        {name}
        <span class="hidden">: </span>
      </span>
      {message.attachments.map(it => (
        <div key={it.id} class="attachment" style={sizeOf(it)}>
          <Late draw={({ Attachment }) => <Attachment file={it} texts={texts} token={token} />} />
        </div>
      ))}
      {message.body && (
        <div class="bubble" dir="auto">
          <Formatted body={message.body} />
        </div>
      )}
      {progress === "failed" ? (
        <div class="meta failed">
          {texts.t("failed")}{" "}
          <button type="button" onClick={onRetry}>
            {texts.t("retry")}
          </button>
          <button type="button" onClick={onDiscard}>
            {texts.t("delete")}
          </button>
        </div>
      ) : (
        isLast && (
          <div class="meta" aria-live="off">
            {texts.time(message.created_at)}
            {showsProgress && progress && ` · ${texts.t(progress)}`}
          </div>
        )
      )}
    </div>
  )
}

/** A picture's room is kept before the picture is there. */
function sizeOf({ width, height }: { width: number | null; height: number | null }) {
  if (!width || !height) return
  return { width: `${Math.min(260, width, (280 * width) / height)}px`, aspectRatio: `${width}/${height}` }
}
