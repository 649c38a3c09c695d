import { type FormFieldView, LIMITS, type PrechatFields } from "@parley/client/contract"
import { Component, h } from "preact"
import { type Answers, fieldsOf } from "../models/asking"
import type { Texts } from "../texts"
import { onSubmit } from "./field-events"

interface FieldsProps {
  fields: readonly FormFieldView[]
  title: string
  action: string
  texts: Texts
  /** False when the server does not take it either. */
  onSave: (given: PrechatFields) => unknown
  onSkip?: (() => void) | undefined
  takesFocus?: boolean
}

interface Local {
  answers: Answers
  /** Checked once somebody has tried to send it. */
  isTried: boolean
  isRefused: boolean
}

const EMAIL = /^[^\s@<>",;:\\()[\]]{1,64}@[^\s@<>",;:\\()[\]]+\.[^\s@<>",;:\\()[\]]{2,63}$/
const NUMBER = /^[+-]?\d{1,15}([.,]\d{1,10})?$/
const YES = "yes"
const INPUT_MODES: Partial<Record<FormFieldView["kind"], "email" | "tel" | "decimal">> = {
  email: "email",
  phone: "tel",
  number: "decimal",
}

/** The fields of a form; what is missing is said beside each. */
export class Fields extends Component<FieldsProps, Local> {
  override state: Local = { answers: {}, isTried: false, isRefused: false }

  save = async () => {
    const { fields, onSave } = this.props
    this.setState({ isTried: true, isRefused: false })
    if (fields.some(it => this.wrong(it))) return
    if ((await onSave(fieldsOf(fields, this.state.answers))) === false) this.setState({ isRefused: true })
  }

  wrong({ key, kind, is_required }: FormFieldView): string {
    const { t } = this.props.texts
    const value = (this.state.answers[key] ?? "").trim()
    if (!value) return is_required ? t("required") : ""
    if (kind === "email" && !EMAIL.test(value)) return t("email_bad")
    if (kind === "number" && !NUMBER.test(value)) return t("number_bad")
    return ""
  }

  label({ kind, label, is_required }: FormFieldView): string {
    const { t } = this.props.texts
    const own = kind === "name" || kind === "email" || kind === "phone" ? t(kind) : ""
    const name = label || own
    return is_required || this.props.fields.length === 1 ? name : t("optional", { name })
  }

  set(key: string, value: string) {
    this.setState({ answers: { ...this.state.answers, [key]: value } })
  }

  control(field: FormFieldView, isFirst: boolean, wrong: string) {
    const { key, kind } = field
    const shared = {
      id: `f-${key}`,
      name: key,
      "aria-required": field.is_required,
      "aria-invalid": wrong !== "",
      "aria-describedby": wrong ? `w-${key}` : undefined,
      "data-focus": isFirst && this.props.takesFocus ? true : undefined,
    }
    const value = this.state.answers[key] ?? ""
    if (kind === "choice") {
      return (
        <select {...shared} value={value} onChange={event => this.set(key, event.currentTarget.value)}>
          <option value="">{this.props.texts.t("choose")}</option>
          {field.options.map(it => (
            <option key={it}>{it}</option>
          ))}
        </select>
      )
    }
    if (kind === "checkbox") {
      return (
        <input
          {...shared}
          type="checkbox"
          checked={value === YES}
          onChange={event => this.set(key, event.currentTarget.checked ? YES : "")}
        />
      )
    }
    return (
      <input
        {...shared}
        type="text"
        inputMode={INPUT_MODES[kind]}
        autoComplete={kind === "email" ? "email" : kind === "phone" ? "tel" : kind === "name" ? "name" : "off"}
        dir={value ? "auto" : undefined}
        maxLength={kind === "email" ? LIMITS.email : kind === "phone" ? 40 : 200}
        value={value}
        onInput={event => this.set(key, event.currentTarget.value)}
      />
    )
  }

  render() {
    const { fields, title, action, texts, onSkip } = this.props
    const { isTried, isRefused } = this.state
    return (
      <form class="card contact" noValidate aria-label={title} onSubmit={onSubmit(() => void this.save())}>
        <b>{title}</b>
        {fields.map((field, i) => {
          const wrong = isTried ? this.wrong(field) : ""
          return (
            <div key={field.key} class={field.kind === "checkbox" ? "field check" : "field"}>
              <label for={`f-${field.key}`} dir="auto">
                {this.label(field)}
              </label>
              {this.control(field, i === 0, wrong)}
              {wrong && (
                <p class="wrong" id={`w-${field.key}`} role="alert">
                  {wrong}
                </p>
              )}
            </div>
          )
        })}
        {isRefused && (
          <p class="wrong" role="alert">
            {texts.t("not_saved")}
          </p>
        )}
        <div class="actions">
          {onSkip && (
            <button type="button" class="plain" onClick={onSkip}>
              {texts.t("skip")}
            </button>
          )}
          <button type="submit" class="primary small">
            {action}
          </button>
        </div>
      </form>
    )
  }
}
