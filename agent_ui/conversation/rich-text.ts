export interface Segment {
  kind: "text" | "link" | "code" | "strong"
  text: string
  href?: string
}

const MARKS = /(https?:\/\/[^\s<>"']+)|`([^`\n]+)`|\*\*([^*\n]+)\*\*/g
/** Punctuation after an address belongs to the sentence; a closing bracket too, unless it was opened inside. */
const TRAILING = /[.,;:!?)\]}»”’]+$/

/** Plain text with links, `code` and **strong** picked out. Nothing in it is ever markup. */
export function segmentsOf(body: string): Segment[] {
  const segments: Segment[] = []
  let end = 0
  const push = (segment: Segment) => {
    if (segment.text) segments.push(segment)
  }
  for (const match of body.matchAll(MARKS)) {
    const [whole, link, code, strong] = match
    push({ kind: "text", text: body.slice(end, match.index) })
    end = match.index + whole.length
    if (link) {
      const href = withoutTail(link)
      end -= link.length - href.length
      push({ kind: "link", text: href, href })
    } else if (code) push({ kind: "code", text: code })
    else if (strong) push({ kind: "strong", text: strong })
  }
  push({ kind: "text", text: body.slice(end) })
  return segments
}

function withoutTail(link: string): string {
  const tail = TRAILING.exec(link)?.[0] ?? ""
  const bare = link.slice(0, link.length - tail.length)
  const isBalanced = tail.startsWith(")") && bare.split("(").length > bare.split(")").length
  return isBalanced ? `${bare})` : bare
}
