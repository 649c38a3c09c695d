import type { LocationQuery } from "vue-router"
import { type Filter, PRIORITIES, SORTS, usualSort, VIEWS, type View } from "./order"

/** The list a URL asks for; `first` is the view where it names none. */
export function filterOf(query: LocationQuery, first: View = "mine"): Filter {
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : "")
  const priority = PRIORITIES.find(name => name === query.priority)
  const sort = SORTS.find(name => name === query.sort)
  return {
    view: VIEWS.find(name => name === query.view) ?? first,
    shelf: query.shelf === "resolved" ? "resolved" : "open",
    query: text("q"),
    ...(text("tag") ? { tag: text("tag") } : {}),
    ...(text("status") ? { status: text("status") } : {}),
    ...(text("team") ? { team_id: text("team") } : {}),
    ...(text("inbox") ? { inbox_id: text("inbox") } : {}),
    ...(text("agent") ? { agent_id: text("agent") } : {}),
    ...(priority ? { priority } : {}),
    ...(sort ? { sort } : {}),
  }
}

/** The URL of a list; what is usual is left out. */
export function queryOf(filter: Filter, first: View = "mine"): Record<string, string> {
  const { view, shelf, query, tag, status, team_id, inbox_id, agent_id, priority, sort } = filter
  return {
    ...(view === first ? {} : { view }),
    ...(shelf === "open" ? {} : { shelf }),
    ...(query ? { q: query } : {}),
    ...(tag ? { tag } : {}),
    ...(status ? { status } : {}),
    ...(team_id ? { team: team_id } : {}),
    ...(inbox_id ? { inbox: inbox_id } : {}),
    ...(agent_id ? { agent: agent_id } : {}),
    ...(priority ? { priority } : {}),
    ...(sort && sort !== usualSort(filter) ? { sort } : {}),
  }
}
