import type { ConversationView, Shelf } from "@parley/client/contract"
import { type Compare, PRIORITIES } from "../../shared/models/order"

export type SortName = "number" | "active" | "due" | "closed" | "topic" | "priority" | "status" | "owner" | "team"

export interface SortKey {
  name: SortName
  /** Turned round: the newest number first, say. */
  isTurned: boolean
}

export const NEWEST = "-number"
const NAMES: readonly SortName[] = ["number", "active", "due", "closed", "topic", "priority", "status", "owner", "team"]
/** Few values each: a second key can follow. */
const GROUPED: readonly SortName[] = ["priority", "status", "owner", "team"]
/** What is new or late comes first when these are chosen. */
const TURNED_FIRST: readonly SortName[] = ["number", "active", "closed"]

/** The keys of an order such as "priority,-number"; the newest first where it says nothing that is known. */
export function parseOrder(order: string): SortKey[] {
  const keys = order.split(",").flatMap(text => {
    const name = NAMES.find(it => it === text.replace(/^-/, ""))
    return name ? [{ name, isTurned: text.startsWith("-") }] : []
  })
  return keys.length > 0 ? keys.filter((_, place) => place < 2) : [{ name: "number", isTurned: true }]
}

export const sayOrder = (keys: readonly SortKey[]): string =>
  keys.map(({ name, isTurned }) => (isTurned ? "-" : "") + name).join(",")

/** Whether the server has an index for the second key after the first. */
export const canFollow = (first: SortName, second: SortName, shelf: Shelf): boolean =>
  GROUPED.includes(first) &&
  first !== second &&
  (second === "number" || (shelf === "open" && (second === "priority" || second === "due")))

/** What has ended is due no more, and what is open was not closed: then the numbers count. */
const known = (key: SortKey, shelf: Shelf): SortKey =>
  key.name === (shelf === "open" ? "closed" : "due") ? { ...key, name: "number" } : key

/** The order after a click on a header: it leads, or is turned round when it does already. With Shift it follows. */
export function clickOrder(order: string, name: SortName, shelf: Shelf, isShift: boolean): string {
  const [first, second] = parseOrder(order)
  const fresh: SortKey = { name, isTurned: TURNED_FIRST.includes(name) }
  if (!first) return sayOrder([fresh])
  const turned = (key: SortKey): SortKey => ({ ...key, isTurned: !key.isTurned })
  if (first.name === name) return sayOrder(isShift && second ? [turned(first), second] : [turned(first)])
  if (!isShift) return sayOrder([fresh])
  if (second?.name === name) return sayOrder([first, turned(second)])
  return canFollow(first.name, name, shelf) ? sayOrder([first, fresh]) : order
}

/** Where the things that rows are grouped by stand. */
export interface Positions {
  status(key: string): number
  agent(id: string): number
  team(id: string): number
}

/** As the server pages them. */
export function compareWork(order: string, shelf: Shelf, positions: Positions): Compare {
  const [asked, second] = parseOrder(order)
  const first = asked && known(asked, shelf)
  const keys = first ? [first] : []
  if (first && second && canFollow(first.name, second.name, shelf)) keys.push(second)
  const isNamed = keys.some(key => key.name === "number")
  const tie = keys.find(({ name }) => name === "active" || name === "due" || name === "closed")
  const isUp = (first?.name === "topic" && first.isTurned) || (tie !== undefined && !tie.isTurned)
  const all = isNamed ? keys : [...keys, { name: "number" as const, isTurned: !isUp }]
  return (a, b) => {
    for (const { name, isTurned } of all) {
      // What no clock runs for comes last, whichever way round.
      const isLast = name === "due" && (a.next_due === null) !== (b.next_due === null)
      if (isLast) return a.next_due === null ? 1 : -1
      const found = compareBy(name, a, b, positions)
      if (found !== 0) return isTurned ? -found : found
    }
    return 0
  }
}

const minute = (row: ConversationView) => Math.floor(Date.parse(row.last_message_at) / 60_000)
const moment = (when: string | null | undefined) => (when ? Date.parse(when) : 0)
const LAST = Number.MAX_SAFE_INTEGER

function compareBy(name: SortName, a: ConversationView, b: ConversationView, positions: Positions): number {
  switch (name) {
    case "number":
      return (a.ticket?.number ?? 0) - (b.ticket?.number ?? 0)
    case "active":
      return minute(a) - minute(b)
    case "due":
      return moment(a.next_due?.due_at) - moment(b.next_due?.due_at)
    case "closed":
      return moment(a.ticket?.closed_at) - moment(b.ticket?.closed_at)
    case "topic":
      return compare(a.ticket?.topic ?? "", b.ticket?.topic ?? "")
    case "priority":
      return PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority)
    case "status":
      return positions.status(a.status) - positions.status(b.status)
    case "owner":
      return (a.agent_id ? positions.agent(a.agent_id) : LAST) - (b.agent_id ? positions.agent(b.agent_id) : LAST)
    case "team":
      return (a.team_id ? positions.team(a.team_id) : LAST) - (b.team_id ? positions.team(b.team_id) : LAST)
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
