import type { QueueView } from "@parley/client/contract"
import { h } from "preact"
import type { Texts } from "../texts"

const LONGEST_SECONDS = 600

/** The visitor's place, and how long it takes. */
export function QueueCard({ queue, texts }: { queue: QueueView; texts: Texts }) {
  return (
    <div class="card" role="status">
      <b>{placeOf(queue, texts)}</b>
      <p>
        <small>{texts.t("stay_or_leave")}</small>
      </p>
    </div>
  )
}

/** An estimate is the range four waits in five fall into. Beyond ten minutes it says so in words, and without one nothing
 * is promised. */
export function placeOf({ position, wait_seconds, low_seconds, high_seconds }: QueueView, texts: Texts): string {
  const place = position === 1 ? texts.t("next_in_line") : texts.count("in_line", position, "ordinal")
  const low = low_seconds ?? wait_seconds
  if (!low) return place
  if (low > LONGEST_SECONDS) return `${place}. ${texts.t("reply_later")}.`
  return `${place} - ${texts.t("wait", { time: texts.duration(low, high_seconds ?? low) })}`
}
