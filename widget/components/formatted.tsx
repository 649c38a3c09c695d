import { blocksOf, type MeasureLink, mayHoldLinks, type Piece } from "@parley/client/formatting"
import { Component, h } from "preact"

let measureLink: MeasureLink | null = null

/** A message with its emphasis, lists and links; what finds links is fetched when a message may hold one. */
export class Formatted extends Component<{ body: string }> {
  override componentDidMount() {
    if (measureLink || !mayHoldLinks(this.props.body)) return
    import("@parley/client/links").then(
      it => {
        measureLink = it.measureLink
        this.setState({})
      },
      () => {}, // it stays text, which can still be copied
    )
  }

  render() {
    return blocksOf(this.props.body, measureLink).map(({ kind, lines }) =>
      kind === "text"
        ? lines.map(it => it.pieces.map(drawPiece))
        : h(
            kind,
            null,
            lines.map(it => <li value={it.number || undefined}>{it.pieces.map(drawPiece)}</li>),
          ),
    )
  }
}

function drawPiece({ kind, text, href }: Piece) {
  if (kind === "text") return text
  if (kind !== "a") return h(kind, null, text)
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  )
}
