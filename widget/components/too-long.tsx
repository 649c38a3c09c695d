import { LIMITS } from "@parley/client/contract"
import { h } from "preact"
import type { Texts } from "../texts"

/** Text beyond the limit stays in the field; this says by how much. */
export function TooLong({ size, texts }: { size: number; texts: Texts }) {
  const number = (n: number) => n.toLocaleString(texts.locale)
  return (
    <p class="too-long" role="alert">
      {texts.t("too_long", { n: number(size), most: number(LIMITS.messageBody) })}
    </p>
  )
}
