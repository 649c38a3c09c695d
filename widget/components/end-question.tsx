import { h } from "preact"
import type { Texts } from "../texts"

interface EndQuestionProps {
  texts: Texts
  onCancel: () => void
  onEnd: () => void
}

export function EndQuestion({ texts, onCancel, onEnd }: EndQuestionProps) {
  return (
    <div class="card sure">
      <span>{texts.t("end_sure")}</span>
      <button type="button" class="plain" onClick={onCancel}>
        {texts.t("cancel")}
      </button>
      <button type="button" class="primary small" onClick={onEnd}>
        {texts.t("end")}
      </button>
    </div>
  )
}
