import type { SuggestionView } from "@parley/client/contract"
import { h } from "preact"
import type { Texts } from "../texts"
import { Icon, Tool } from "./icons"

interface SuggestionsProps {
  list: readonly SuggestionView[]
  note?: "answers_failed" | "answers_by_words" | null
  texts: Texts
  onRead: (it: SuggestionView) => void
  onDismiss?: () => void
}

export function Suggestions({ list, note, texts, onRead, onDismiss }: SuggestionsProps) {
  return (
    <section class="answers" aria-label={texts.t("answers")}>
      <h2>
        {texts.t("answers")}
        {onDismiss && <Tool icon="close" label={texts.t("skip")} onClick={onDismiss} />}
      </h2>
      {note && (
        <p class="system" role="status">
          {texts.t(note)}
        </p>
      )}
      {list.map(it => (
        <button type="button" class="item" key={it.article_id} onClick={() => onRead(it)}>
          <Icon name="doc" />
          <span>
            <b>{it.title}</b>
            <small>{it.passage}</small>
          </span>
        </button>
      ))}
    </section>
  )
}
