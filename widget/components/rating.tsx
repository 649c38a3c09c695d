import { Component, h } from "preact"
import type { Texts } from "../texts"
import { onSubmit } from "./field-events"

interface RatingProps {
  texts: Texts
  onRate: (score: number, comment: string) => void
  onSkip: () => void
}

const SCORES = ["rate_1", "rate_2", "rate_3", "rate_4", "rate_5"] as const

/** From a frown (-2) to a laugh (2). */
function Face({ smile }: { smile: number }) {
  return (
    <svg class="face" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="10" />
      <path d={`M7.5 ${15.5 - smile / 2}q4.5 ${smile * 2.5} 9 0M8.5 9.5v.01M15.5 9.5v.01`} />
    </svg>
  )
}

export class Rating extends Component<RatingProps, { score: number; comment: string }> {
  override state = { score: 0, comment: "" }

  render() {
    const { texts, onRate, onSkip } = this.props
    const { score, comment } = this.state
    return (
      <form class="card rating" onSubmit={onSubmit(() => score && onRate(score, comment.trim()))}>
        <fieldset>
          <legend>{texts.t("rate_title")}</legend>
          {SCORES.map((key, i) => (
            <label key={key} title={texts.t(key)}>
              <input
                type="radio"
                name="score"
                aria-label={texts.t(key)}
                checked={score === i + 1}
                onChange={() => this.setState({ score: i + 1 })}
              />
              <Face smile={i - 2} />
            </label>
          ))}
        </fieldset>
        {score > 0 && (
          <textarea
            rows={2}
            maxLength={2000}
            placeholder={texts.t("comment")}
            aria-label={texts.t("comment")}
            value={comment}
            onInput={event => this.setState({ comment: event.currentTarget.value })}
          />
        )}
        <div class="actions">
          <button type="button" class="plain" onClick={onSkip}>
            {texts.t("skip")}
          </button>
          {score > 0 && (
            <button type="submit" class="primary small">
              {texts.t("send")}
            </button>
          )}
        </div>
      </form>
    )
  }
}
