import type { LocationQuery } from "vue-router"
import { type Filter, VIEWS, type View } from "../models/order"

/** The list a URL asks for. */
export function filterOf(query: LocationQuery): Filter {
  const view = VIEWS.find(name => name === query.view) ?? "mine"
  return {
    view,
    shelf: query.shelf === "resolved" ? "resolved" : "open",
    query: typeof query.q === "string" ? query.q : "",
  }
}

/** The URL of a list; what is usual is left out. */
export function queryOf({ view, shelf, query }: Filter): Record<string, string> {
  return {
    ...(view === "mine" ? {} : { view }),
    ...(shelf === "open" ? {} : { shelf }),
    ...(query === "" ? {} : { q: query }),
  }
}

export const withView = (filter: Filter, view: View): Filter => ({ ...filter, view, query: "" })
