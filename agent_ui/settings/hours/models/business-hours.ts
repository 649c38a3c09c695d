import type {
  HolidayCountries,
  HolidayCountry,
  HolidayList,
  HolidayView,
  HoursIs,
  HoursList,
  HoursView,
  OpenPeriod,
} from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../../shared/models/api"

/** What the page of business hours edits. */
export interface HoursValue {
  name: string
  time_zone: string
  periods: OpenPeriod[]
  closed_on: string[]
}

export const DAYS = [0, 1, 2, 3, 4, 5, 6] as const
export const WEEKDAYS: readonly number[] = [0, 1, 2, 3, 4]
const DATE = /^\d{4}-\d{2}-\d{2}$/

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** What most offices keep, to begin with. */
export const usualHours = (name: string, time_zone: string): HoursValue => ({
  name,
  time_zone,
  periods: WEEKDAYS.map(day => ({ day, opens: "09:00", closes: "17:00" })),
  closed_on: [],
})

export const hoursValue = ({ name, time_zone, periods, closed_on }: HoursView): HoursValue => ({
  name,
  time_zone,
  periods: sorted(periods),
  closed_on,
})

export const sorted = (periods: readonly OpenPeriod[]) =>
  [...periods].sort((a, b) => a.day - b.day || a.opens.localeCompare(b.opens))

export const periodsOf = (value: HoursValue, day: number) => value.periods.filter(it => it.day === day)

/** The other weekdays get what this day has. */
export function copyDay(value: HoursValue, from: number): OpenPeriod[] {
  const rest = value.periods.filter(it => it.day === from || !WEEKDAYS.includes(it.day))
  const others = WEEKDAYS.filter(day => day !== from)
  return sorted([...rest, ...others.flatMap(day => periodsOf(value, from).map(it => ({ ...it, day })))])
}

/** A new period of a day: after its last one, or the usual hours. */
export function nextPeriod(value: HoursValue, day: number): OpenPeriod {
  const last = periodsOf(value, day).at(-1)
  if (!last) return { day, opens: "09:00", closes: "17:00" }
  const hour = Math.min(22, Number.parseInt(last.closes, 10) + 1)
  const two = (n: number) => String(n).padStart(2, "0")
  return { day, opens: `${two(hour)}:00`, closes: `${two(hour + 1)}:00` }
}

/** Lines of dates as they are typed. */
export const datesIn = (text: string) => [
  ...new Set(
    text
      .split(/[\n,;]/)
      .map(it => it.trim())
      .filter(Boolean),
  ),
]

export const isDate = (text: string) =>
  DATE.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
export const isPeriod = ({ opens, closes }: OpenPeriod) => TIME.test(opens) && TIME.test(closes)

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Monday to Sunday in the reader's language. */
export function dayNames(locale: string): string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" })
  return DAYS.map(day => format.format(Date.UTC(2024, 0, 1 + day)))
}

export interface BusinessHours {
  hours: Readonly<ShallowRef<readonly HoursView[]>>
  state: Readonly<ShallowRef<"loading" | "failed" | "stale" | "ready">>
  load(): Promise<void>
  get(id: string): Promise<HoursView>
  create(value: HoursValue): Promise<HoursView>
  save(id: string, value: HoursValue): Promise<HoursView>
  remove(id: string): Promise<void>
  /** Countries whose public holidays are known. */
  countries(): Promise<readonly HolidayCountry[]>
  /** A country's public holidays until the end of next year; an empty region is the whole country. */
  holidays(country: string, region: string, language: string): Promise<readonly HolidayView[]>
}

/** The business hours that inboxes share. */
export function createBusinessHours(api: Api): BusinessHours {
  const hours = shallowRef<readonly HoursView[]>([])
  const state = shallowRef<"loading" | "failed" | "stale" | "ready">("loading")

  const fetch = async () => (await api.get<HoursList>("/business-hours")).hours
  return {
    hours,
    state,
    async load() {
      try {
        hours.value = await fetch()
        state.value = "ready"
      } catch {
        state.value = state.value === "loading" || state.value === "failed" ? "failed" : "stale"
      }
    },
    async get(id) {
      hours.value = await fetch()
      const found = hours.value.find(it => it.id === id)
      if (!found) throw new Error("no such hours")
      return found
    },
    create: async value => (await api.post<HoursIs>("/business-hours", value)).hours,
    save: async (id, value) => (await api.put<HoursIs>(`/business-hours/${id}`, value)).hours,
    remove: async id => {
      await api.delete(`/business-hours/${id}`)
    },
    countries: async () => (await api.get<HolidayCountries>("/public-holidays/countries")).countries,
    holidays: async (country, region, language) => {
      const asked = new URLSearchParams({ country, region, language })
      return (await api.get<HolidayList>(`/public-holidays?${asked}`)).holidays
    },
  }
}
