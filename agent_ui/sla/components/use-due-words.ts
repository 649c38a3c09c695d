import { exactTime, roughTime, type TimeParts } from "../models/due"
import { useSlaWords } from "../words"

/** Due times in words, in the reader's language. */
export function useDueWords() {
  const words = useSlaWords()

  function say({ key, values }: TimeParts): string {
    const number = (value: number, digits = 1) =>
      value.toLocaleString(words.locale, { minimumIntegerDigits: digits, useGrouping: false })
    const minutes = key === "time.hours_minutes" ? 2 : 1
    return words.t(key, { d: number(values.d), h: number(values.h), m: number(values.m, minutes), s: number(values.s) })
  }
  const rough = (seconds: number) => say(roughTime(seconds))
  const exact = (seconds: number) => say(exactTime(seconds))

  /** "in 2 h 05", "3 h late". */
  function due(at: string, now: number): string {
    const left = (Date.parse(at) - now) / 1000
    return left > 0 ? words.t("due.in", { time: rough(left) }) : words.t("due.late", { time: rough(-left) })
  }

  /** The time of day in a zone, with the day when it is another than today. */
  function moment(at: string | number, now: number, timeZone?: string): string {
    const day = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" })
    const isToday = day.format(typeof at === "string" ? Date.parse(at) : at) === day.format(now)
    const date = isToday ? {} : ({ weekday: "short", day: "numeric", month: "short" } as const)
    const format = new Intl.DateTimeFormat(words.locale, { timeZone, hour: "numeric", minute: "2-digit", ...date })
    return format.format(typeof at === "string" ? Date.parse(at) : at)
  }
  return { words, t: words.t, rough, exact, due, moment }
}
