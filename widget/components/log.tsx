import type { ThreadRow } from "@parley/client/rows"
import { Component, Fragment, h } from "preact"
import type { Texts } from "../texts"
import { Bubble } from "./bubble"

interface LogProps {
  rows: readonly ThreadRow[]
  ticketNumber: number | null
  texts: Texts
  token: () => string
  /** Present while there is more before the first row. */
  onEarlier: (() => void) | null
  onRetry: (key: string) => void
  onDiscard: (key: string) => void
}

const ONE_GO_MS = 5 * 60_000
const SAID = [
  "joined",
  "left",
  "transferred",
  "resolved",
  "closed",
  "reopened",
  "escalated",
  "ended_by_contact",
  "email_asked",
] as const

/** Everything said, by day, with what one person said in one go kept together. Drawn only when something was said. */
export class Log extends Component<LogProps> {
  override shouldComponentUpdate(next: LogProps): boolean {
    return (
      next.rows !== this.props.rows ||
      !next.onEarlier !== !this.props.onEarlier ||
      next.ticketNumber !== this.props.ticketNumber
    )
  }

  render() {
    const { rows, texts, token, onEarlier, onRetry, onDiscard, ticketNumber } = this.props
    const lastOwn = rows.findLast(it => it.progress)
    return (
      <div class="log" role="log" aria-label={texts.t("chat")}>
        {onEarlier && (
          <button type="button" class="plain" onClick={onEarlier}>
            {texts.t("earlier")}
          </button>
        )}
        {rows.map((row, i) => {
          const before = rows[i - 1]
          const day = texts.day(row.message.created_at)
          const startsDay = !before || texts.day(before.message.created_at) !== day
          return (
            <Fragment key={row.key}>
              {startsDay && <div class="system">{day}</div>}
              {row.message.system ? (
                <div class="system">{systemText(row, texts, ticketNumber)}</div>
              ) : (
                <Bubble
                  row={row}
                  texts={texts}
                  token={token}
                  isFirst={startsDay || !belongs(before, row)}
                  isLast={!belongs(row, rows[i + 1])}
                  showsProgress={row === lastOwn}
                  onRetry={() => onRetry(row.key)}
                  onDiscard={() => onDiscard(row.key)}
                />
              )}
            </Fragment>
          )
        })}
      </div>
    )
  }
}

function systemText({ message: { system, author, body } }: ThreadRow, texts: Texts, number: number | null): string {
  if (system === "ticket_opened" && number) return texts.t(system, { number })
  const code = SAID.find(it => it === system)
  return code ? texts.t(code, { name: author.name || texts.t("support") }) : body
}

function belongs(a: ThreadRow | undefined, b: ThreadRow | undefined): boolean {
  if (!a || !b || a.message.system || b.message.system || a.progress === "failed") return false
  const [one, two] = [a.message, b.message]
  const isSame = one.author.kind === two.author.kind && one.author.name === two.author.name
  return isSame && Date.parse(two.created_at) - Date.parse(one.created_at) < ONE_GO_MS
}
