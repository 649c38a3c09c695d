import type { LocationQuery } from "vue-router"
import { filterOf, queryOf } from "../../shared/models/filter-route"
import type { WorkFilter } from "./work-list"
import { NEWEST, parseOrder, sayOrder } from "./work-order"

/** The list a URL asks for. */
export function workOf(query: LocationQuery): WorkFilter {
  const { sort: _, ...filter } = filterOf(query, "all")
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : "")
  return { filter, topic: text("topic"), order: sayOrder(parseOrder(text("order") || NEWEST)) }
}

/** The URL of a list; what is usual is left out. */
export function workQuery({ filter, topic, order }: WorkFilter): Record<string, string> {
  const { sort: _, ...query } = queryOf(filter, "all")
  return { ...query, ...(topic ? { topic } : {}), ...(order === NEWEST ? {} : { order }) }
}
