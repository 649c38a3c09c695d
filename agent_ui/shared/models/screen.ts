import type { Connection } from "@parley/client/connection"
import type { AgentSide } from "@parley/client/contract"
import type { Filter } from "./order"

export interface Screen {
  /** This list is shown. */
  show(filter: Filter): void
  /** This list is shown as well, until what this returns is called. */
  also(filter: Filter): () => void
  /** These conversations are kept at hand. */
  hold(ids: readonly string[]): void
  /** All colleagues are shown, until what this returns is called. */
  people(): () => void
  /** Tickets are shown, until what this returns is called. */
  tickets(): () => void
  /** Say it all, first thing on a new connection. */
  say(): void
}

/** Tells the server what this screen shows, so that it hears of that and not of the whole company. */
export function createScreen(command: Connection<AgentSide>["command"], first: Filter): Screen {
  let list = first
  const others = new Set<Filter>()
  let held: readonly string[] = []
  const open = { people: 0, tickets: 0 }

  function say() {
    const lists = [list, ...others].map(({ view, shelf, team_id = null, inbox_id = null }) => ({
      view,
      shelf,
      team_id,
      inbox_id,
    }))
    void command({
      type: "screen.watch",
      lists,
      conversation_ids: [...held],
      people: open.people > 0,
      tickets: open.tickets > 0,
    }).catch(() => {})
  }

  const opening = (what: "people" | "tickets") => () => {
    open[what] += 1
    if (open[what] === 1) say()
    return () => {
      open[what] -= 1
      if (open[what] === 0) say()
    }
  }

  return {
    show(filter) {
      list = filter
      say()
    },
    also(filter) {
      others.add(filter)
      say()
      return () => {
        others.delete(filter)
        say()
      }
    },
    hold(ids) {
      if (ids.length === held.length && ids.every(id => held.includes(id))) return
      held = [...ids]
      say()
    },
    people: opening("people"),
    tickets: opening("tickets"),
    say,
  }
}
