import { Component, createRef, h } from "preact"

const EMOJI = "😀 😂 🙂 😉 😍 🤔 😕 😢 😡 👍 👎 🙏 👏 🎉 ❤️ ✅".split(" ")

interface EmojiProps {
  onPick: (emoji: string) => void
  onClose: () => void
}

/** The menu closes with a pick, with Escape, and with a click elsewhere. */
export class Emoji extends Component<EmojiProps> {
  menu = createRef<HTMLDivElement>()

  override componentDidMount() {
    document.addEventListener("pointerdown", this.pointed)
    document.addEventListener("keydown", this.pressed, true)
  }

  override componentWillUnmount() {
    document.removeEventListener("pointerdown", this.pointed)
    document.removeEventListener("keydown", this.pressed, true)
  }

  pointed = ({ target }: Event) => {
    const isOwn = target instanceof Element && (this.menu.current?.contains(target) || target.closest("[data-emoji]"))
    if (!isOwn) this.props.onClose()
  }

  pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return
    event.stopPropagation()
    this.props.onClose()
  }

  render() {
    return (
      <div class="emoji" ref={this.menu}>
        {EMOJI.map(it => (
          <button type="button" key={it} onClick={() => this.props.onPick(it)}>
            {it}
          </button>
        ))}
      </div>
    )
  }
}
