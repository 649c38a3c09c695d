import type { LocationQuery } from "vue-router"
import { filterOf, queryOf } from "../../shared/models/filter-route"
import { type WorkFilter, workParameters } from "./work-list"
import { NEWEST, parseOrder, sayOrder } from "./work-order"

/** The list a URL asks for. */
export function workOf(query: LocationQuery): WorkFilter {
  const { sort: _, ...filter } = filterOf(query, "all")
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : "")
  const moment = (name: string) => (Number.isNaN(Date.parse(text(name))) ? null : new Date(text(name)).toISOString())
  return {
    filter,
    topic: text("topic"),
    order: sayOrder(parseOrder(text("order") || NEWEST)),
    closed_from: moment("from"),
    closed_to: moment("to"),
  }
}

/** The URL of a list; what is usual is left out. */
export function workQuery({ filter, topic, order, closed_from, closed_to }: WorkFilter): Record<string, string> {
  const { sort: _, ...query } = queryOf(filter, "all")
  return {
    ...query,
    ...(topic ? { topic } : {}),
    ...(order === NEWEST ? {} : { order }),
    ...(closed_from ? { from: closed_from } : {}),
    ...(closed_to ? { to: closed_to } : {}),
  }
}

/** The time zone of the reader's own clock. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC"

/** Where the list is had as a file. */
export function csvOf(work: WorkFilter): string {
  const query = workParameters(work)
  query.set("order", work.order)
  query.set("zone", localZone())
  return `/api/v1/tickets/list.csv?${query}`
}
