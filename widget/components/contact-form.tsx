import { LIMITS } from "@parley/client/contract"
import { Component, h } from "preact"
import type { Texts } from "../texts"
import { onSubmit } from "./parts"

interface ContactFormProps {
  texts: Texts
  /** False when the server does not take it either. */
  onSave: (change: { email: string }) => Promise<boolean>
  onSkip: () => void
}

export class ContactForm extends Component<ContactFormProps, { email: string; isWrong: boolean }> {
  override state = { email: "", isWrong: false }

  save = async () => {
    const email = this.state.email.trim()
    const isRight = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) && (await this.props.onSave({ email }))
    this.setState({ isWrong: !isRight })
  }

  render() {
    const { texts, onSkip } = this.props
    const { email, isWrong } = this.state
    return (
      <form
        class="card contact"
        noValidate
        aria-label={texts.t("email_title")}
        onSubmit={onSubmit(() => void this.save())}
      >
        <label>
          <b>{texts.t("email_title")}</b>
          <input
            aria-label={texts.t("email")}
            type="email"
            name="email"
            autoComplete="email"
            placeholder={texts.t("email")}
            maxLength={LIMITS.email}
            value={email}
            aria-invalid={isWrong}
            onInput={event => this.setState({ email: event.currentTarget.value })}
          />
        </label>
        {isWrong && (
          <p class="wrong" role="alert">
            {texts.t("email_bad")}
          </p>
        )}
        <div class="actions">
          <button type="button" class="plain" onClick={onSkip}>
            {texts.t("skip")}
          </button>
          <button type="submit" class="primary small">
            {texts.t("save")}
          </button>
        </div>
      </form>
    )
  }
}
