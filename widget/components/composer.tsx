import { LIMITS } from "@parley/client/contract"
import { filesOf } from "@parley/client/pasted"
import { sizeOf } from "@parley/client/text-size"
import { Component, createRef, h } from "preact"
import type { Upload } from "../models/uploads"
import type { Texts } from "../texts"
import { grow, onEnter, onSubmit } from "./field-events"
import { Icon, Tool } from "./icons"
import { Late } from "./late-components"

interface ComposerProps {
  draft: string
  /** There is something to send, and nothing speaks against it. */
  isReady: boolean
  hint: string
  uploads: readonly Upload[]
  texts: Texts
  onDraft: (text: string) => void
  onSend: () => void
  maxFileBytes: number
  /** Null where the inbox takes no files. */
  onFiles: ((files: Iterable<File>) => void) | null
  onRemove: (upload: Upload) => void
}

export class Composer extends Component<ComposerProps, { hasEmoji: boolean }> {
  override state = { hasEmoji: false }
  field = createRef<HTMLTextAreaElement>()
  picker = createRef<HTMLInputElement>()

  override componentDidMount() {
    grow(this.field.current)
  }

  override componentDidUpdate() {
    grow(this.field.current)
  }

  send = () => {
    if (this.props.isReady) this.props.onSend()
    this.closeEmoji()
  }

  insert = (text: string) => {
    const field = this.field.current as HTMLTextAreaElement
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end")
    this.props.onDraft(field.value)
    this.closeEmoji()
  }

  closeEmoji = () => {
    this.setState({ hasEmoji: false })
    this.field.current?.focus()
  }

  render() {
    const { draft, hint, uploads, texts, maxFileBytes, onDraft, onFiles, onRemove } = this.props
    const { hasEmoji } = this.state
    const size = sizeOf(draft)
    return (
      <form class="composer" onSubmit={onSubmit(this.send)}>
        {uploads.length > 0 && (
          <Late
            draw={({ Files }) => <Files uploads={uploads} texts={texts} maxBytes={maxFileBytes} onRemove={onRemove} />}
          />
        )}
        <textarea
          ref={this.field}
          rows={1}
          data-focus
          value={draft}
          placeholder={hint}
          aria-label={hint}
          dir={draft ? "auto" : undefined}
          onInput={event => onDraft(event.currentTarget.value)}
          onKeyDown={onEnter(this.send)}
          onPaste={event => {
            const files = filesOf(event.clipboardData)
            if (!files.length || !onFiles) return
            event.preventDefault()
            onFiles(files)
          }}
        />
        {size > LIMITS.messageBody && <Late draw={({ TooLong }) => <TooLong size={size} texts={texts} />} />}
        {hasEmoji && <Late draw={({ Emoji }) => <Emoji onPick={this.insert} onClose={this.closeEmoji} />} />}
        <div class="tools">
          {onFiles && <Tool icon="clip" label={texts.t("attach")} onClick={() => this.picker.current?.click()} />}
          <span data-emoji>
            <Tool
              icon="smile"
              label={texts.t("emoji")}
              isOpen={hasEmoji}
              onClick={() => this.setState({ hasEmoji: !hasEmoji })}
            />
          </span>
          <input
            ref={this.picker}
            type="file"
            multiple
            hidden
            onChange={({ currentTarget: it }) => {
              onFiles?.([...(it.files ?? [])])
              it.value = ""
            }}
          />
          <button type="submit" class="send" aria-label={texts.t("send")} aria-disabled={!this.props.isReady}>
            <Icon name="send" />
          </button>
        </div>
      </form>
    )
  }
}
