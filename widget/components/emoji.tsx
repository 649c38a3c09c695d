import { h } from "preact"

const EMOJI = "😀 😂 🙂 😉 😍 🤔 😕 😢 😡 👍 👎 🙏 👏 🎉 ❤️ ✅".split(" ")

export function Emoji({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <div class="emoji">
      {EMOJI.map(it => (
        <button type="button" key={it} onClick={() => onPick(it)}>
          {it}
        </button>
      ))}
    </div>
  )
}
