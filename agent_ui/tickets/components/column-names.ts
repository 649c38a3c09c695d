import type { ColumnName } from "../models/columns"
import { useTicketsWords } from "../words"

/** What each column is called. */
export function useColumnNames(): (name: ColumnName) => string {
  const { t } = useTicketsWords()
  const KEYS = {
    number: "tickets.number",
    title: "tickets.ticket",
    contact: "work.contact",
    status: "tickets.status",
    priority: "tickets.priority",
    owner: "tickets.assignee",
    team: "work.team",
    topic: "tickets.topic",
    opened: "tickets.opened",
    active: "work.active",
    due: "work.due",
    closed: "tickets.closed",
  } as const
  return name => t(KEYS[name])
}
