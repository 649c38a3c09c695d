import type { Key } from "./translate"

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const made = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.NumberFormat>()

function keep<T extends Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.NumberFormat>(
  key: string,
  make: () => T,
): T {
  const held = made.get(key) as T | undefined
  if (held) return held
  const fresh = make()
  made.set(key, fresh)
  return fresh
}

const dates = (locale: string, name: string, options: Intl.DateTimeFormatOptions) =>
  keep(`${locale}/${name}`, () => new Intl.DateTimeFormat(locale, options))

const unit = (locale: string, of: string, value: number) =>
  keep(
    `${locale}/unit/${of}`,
    () => new Intl.NumberFormat(locale, { style: "unit", unit: of, unitDisplay: "narrow" }),
  ).format(value)

/** "5m", "3h", "2d": how long something has lasted, as short as the language allows. */
export function age(since: string | number, now: number, locale: string): string {
  const seconds = Math.max(0, Math.floor((now - at(since)) / 1000))
  if (seconds < MINUTE) return unit(locale, "second", seconds)
  if (seconds < HOUR) return unit(locale, "minute", Math.floor(seconds / MINUTE))
  if (seconds < DAY) return unit(locale, "hour", Math.floor(seconds / HOUR))
  return unit(locale, "day", Math.floor(seconds / DAY))
}

/** "0:42", "12:05", and from an hour on as `age`: a wait that is watched. */
export function clock(since: string, now: number, locale: string): string {
  const seconds = Math.max(0, Math.floor((now - at(since)) / 1000))
  if (seconds >= HOUR) return age(since, now, locale)
  const digits = keep(`${locale}/digits`, () => new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 }))
  const minutes = keep(`${locale}/plain`, () => new Intl.NumberFormat(locale)).format(Math.floor(seconds / MINUTE))
  return `${minutes}:${digits.format(seconds % MINUTE)}`
}

/** As `age`, but for when rather than how long: "now" for the last minute, a date after a week. */
export function ago(when: string, now: number, locale: string, t: (key: Key) => string): string {
  const seconds = (now - at(when)) / 1000
  if (seconds < MINUTE) return t("time.now")
  if (seconds < 7 * DAY) return age(when, now, locale)
  return dates(locale, "day", { day: "numeric", month: "short" }).format(at(when))
}

export function timeOfDay(when: string | number, locale: string): string {
  return dates(locale, "time", { hour: "numeric", minute: "2-digit" }).format(at(when))
}

export function dateAndTime(when: string | number, locale: string): string {
  return dates(locale, "full", { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }).format(at(when))
}

export function fullDate(when: string | number, locale: string): string {
  return dates(locale, "long", { dateStyle: "full", timeStyle: "short" }).format(at(when))
}

/** "Today", "Yesterday", or the date: what stands between the messages of two days. */
export function dayName(when: string, now: number, locale: string, t: (key: Key) => string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at(when))) / (DAY * 1000))
  if (days === 0) return t("time.today")
  if (days === 1) return t("time.yesterday")
  const isThisYear = new Date(now).getFullYear() === new Date(at(when)).getFullYear()
  const year = isThisYear ? undefined : "numeric"
  return dates(locale, `name/${year}`, { weekday: "long", day: "numeric", month: "long", year }).format(at(when))
}

export function fileSize(bytes: number, locale: string): string {
  if (bytes < 1_000_000) return unit(locale, "kilobyte", Math.max(1, Math.round(bytes / 1000)))
  return unit(locale, "megabyte", Math.round(bytes / 100_000) / 10)
}

export function startOfDay(when: number): number {
  return new Date(when).setHours(0, 0, 0, 0)
}

function at(when: string | number): number {
  return typeof when === "number" ? when : Date.parse(when)
}
