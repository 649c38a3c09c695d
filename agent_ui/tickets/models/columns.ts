import type { TextStorage } from "@parley/client/browser"
import { type ShallowRef, shallowRef } from "vue"
import type { SortName } from "./work-order"

export type ColumnName =
  | "number"
  | "title"
  | "contact"
  | "status"
  | "priority"
  | "owner"
  | "team"
  | "topic"
  | "opened"
  | "active"
  | "due"
  | "closed"

export interface Column {
  name: ColumnName
  width: number
  isShown: boolean
}

export interface Columns {
  /** All there are, in the agent's order. */
  all: Readonly<ShallowRef<readonly Column[]>>
  show(name: ColumnName, isShown: boolean): void
  resize(name: ColumnName, width: number): void
  order(names: readonly string[]): void
  reset(): void
}

export const MIN_WIDTH = 56
export const MAX_WIDTH = 800
/** What a click on a column's header sorts by; a number is as old as its ticket. */
export const SORTS: Partial<Record<ColumnName, SortName>> = {
  number: "number",
  status: "status",
  priority: "priority",
  owner: "owner",
  team: "team",
  topic: "topic",
  opened: "number",
  active: "active",
  due: "due",
  closed: "closed",
}
const DEFAULTS: readonly Column[] = [
  { name: "number", width: 100, isShown: true },
  { name: "title", width: 340, isShown: true },
  { name: "contact", width: 160, isShown: true },
  { name: "status", width: 120, isShown: true },
  { name: "priority", width: 110, isShown: true },
  { name: "due", width: 110, isShown: true },
  { name: "owner", width: 160, isShown: true },
  { name: "team", width: 130, isShown: false },
  { name: "topic", width: 130, isShown: true },
  { name: "opened", width: 100, isShown: false },
  { name: "active", width: 120, isShown: true },
  { name: "closed", width: 110, isShown: false },
]

const bounded = (width: number) => Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)))

/** The columns of the work list, kept in this browser for each agent. */
export function createColumns(storage: TextStorage, agentId: string): Columns {
  const place = `parley.tickets.columns.${agentId}`
  const all = shallowRef(read())

  function read(): readonly Column[] {
    try {
      const kept = JSON.parse(storage.getItem(place) ?? "[]") as Partial<Column>[]
      const known = kept.flatMap(({ name, width, isShown }) => {
        const column = DEFAULTS.find(it => it.name === name)
        return column
          ? [{ name: column.name, width: bounded(Number(width) || column.width), isShown: isShown === true }]
          : []
      })
      const names = new Set(known.map(column => column.name))
      if (known.length === 0) return DEFAULTS
      return [...known, ...DEFAULTS.filter(column => !names.has(column.name))]
    } catch {
      return DEFAULTS
    }
  }

  function set(next: readonly Column[]) {
    all.value = next
    storage.setItem(place, JSON.stringify(next))
  }

  const change = (name: ColumnName, values: Partial<Column>) =>
    set(all.value.map(column => (column.name === name ? { ...column, ...values } : column)))

  return {
    all,
    // The title is the link to the ticket.
    show: (name, isShown) => change(name, { isShown: isShown || name === "title" }),
    resize: (name, width) => change(name, { width: bounded(width) }),
    order: names => set([...all.value].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))),
    reset: () => set(DEFAULTS),
  }
}
