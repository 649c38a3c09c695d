import type { WidgetSession } from "@parley/client/contract"
import { Component, h } from "preact"
import type { Texts } from "../texts"
import { onSubmit } from "./field-events"

interface SolutionCardProps {
  session: WidgetSession
  conversationId: string
  texts: Texts
}

/** Few conversations come to it, so its words come with it and not with every language. */
const WORDS = {
  en: {
    title: "Did this solve it?",
    yes: "Solved",
    no: "Not solved yet",
    missing: "What is missing?",
    failed: "Not sent. Try again.",
  },
  de: {
    title: "Hat das geholfen?",
    yes: "Gelöst",
    no: "Noch nicht gelöst",
    missing: "Was fehlt noch?",
    failed: "Nicht gesendet. Versuchen Sie es noch einmal.",
  },
  ar: {
    title: "هل حُلّت المشكلة؟",
    yes: "حُلّت",
    no: "لم تُحل بعد",
    missing: "ما الذي ينقص؟",
    failed: "لم يُرسل. حاول مرة أخرى.",
  },
} as const

export class SolutionCard extends Component<
  SolutionCardProps,
  { step: "asked" | "missing" | "done"; word: string; isBusy: boolean; hasFailed: boolean }
> {
  override state = { step: "asked" as "asked" | "missing" | "done", word: "", isBusy: false, hasFailed: false }

  answer = async (is_solved: boolean, word: string) => {
    if (this.state.isBusy) return
    this.setState({ isBusy: true, hasFailed: false })
    const { session, conversationId } = this.props
    const response = await fetch(`/api/v1/widget/conversations/${conversationId}/solution`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${session.visitor_token}` },
      body: JSON.stringify({ is_solved, word }),
    }).catch(() => null)
    // Answered on another device, or taken back meanwhile: there is nothing left to ask.
    const isOver = response?.ok || response?.status === 404 || response?.status === 409
    this.setState({ isBusy: false, hasFailed: !isOver, ...(isOver && { step: "done" as const }) })
  }

  render() {
    const { texts } = this.props
    const { step, word, isBusy, hasFailed } = this.state
    if (step === "done") return null
    const words = WORDS[document.documentElement.lang.split("-")[0] as keyof typeof WORDS] ?? WORDS.en
    return (
      <form
        class="card rating"
        aria-label={words.title}
        onSubmit={onSubmit(() => word.trim() && this.answer(false, word.trim()))}
      >
        <b>{words.title}</b>
        {step === "missing" && (
          <textarea
            rows={2}
            maxLength={2000}
            placeholder={words.missing}
            aria-label={words.missing}
            value={word}
            ref={it => it?.focus()}
            onInput={event => this.setState({ word: event.currentTarget.value })}
          />
        )}
        {hasFailed && (
          <p class="wrong" role="alert">
            {words.failed}
          </p>
        )}
        <div class="actions">
          {step === "asked" ? (
            <button type="button" class="plain" onClick={() => this.setState({ step: "missing" })}>
              {words.no}
            </button>
          ) : (
            <button type="submit" class="primary small" disabled={isBusy || !word.trim()}>
              {texts.t("send")}
            </button>
          )}
          <button
            type="button"
            class={step === "asked" ? "primary small" : "plain"}
            disabled={isBusy}
            onClick={() => this.answer(true, "")}
          >
            {words.yes}
          </button>
        </div>
      </form>
    )
  }
}
