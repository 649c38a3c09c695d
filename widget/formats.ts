/** Dates and durations as the visitor's language writes them. */
export interface Formats {
  time(iso: string): string
  /** "today", "yesterday", or the date. */
  day(iso: string): string
  /** The time for today, else the day: for lists. */
  moment(iso: string): string
  /** "today 14:00", "Monday 09:00", or with the date when it is further off. */
  coming(iso: string): string
  /** "10 MB" */
  size(bytes: number): string
  /** "5 minutes", "2 hours", or with a longest "2–4 minutes": rounded up, never less than a minute. */
  duration(seconds: number, most?: number): string
}

const DAY_MS = 86_400_000

export function createFormats(locale: string, now: () => number): Formats {
  const times = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" })
  const dates = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" })
  const weekdays = new Intl.DateTimeFormat(locale, { weekday: "long" })
  const near = new Intl.RelativeTimeFormat(locale, { numeric: "auto" })
  const unit = (n: number, most: number, name: string) => {
    const words = new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" })
    return n < most ? words.formatRange(n, most) : words.format(n)
  }
  const daysAgo = (iso: string) => Math.round((startOfDay(new Date(iso)) - startOfDay(new Date(now()))) / DAY_MS)

  function day(iso: string): string {
    const ago = daysAgo(iso)
    return ago > -2 && ago <= 0 ? near.format(ago, "day") : dates.format(new Date(iso))
  }

  return {
    time: iso => times.format(new Date(iso)),
    day,
    coming(iso) {
      const days = daysAgo(iso)
      const name = days < 2 ? near.format(days, "day") : days < 7 ? weekdays.format(new Date(iso)) : day(iso)
      return `${name} ${times.format(new Date(iso))}`
    },
    size(bytes) {
      const isLarge = bytes >= 1_048_576
      const style = {
        style: "unit",
        unit: isLarge ? "megabyte" : "kilobyte",
        maximumFractionDigits: isLarge ? 1 : 0,
      } as const
      return new Intl.NumberFormat(locale, style).format(bytes / (isLarge ? 1_048_576 : 1024))
    },
    moment: iso => (daysAgo(iso) === 0 ? times.format(new Date(iso)) : day(iso)),
    duration(seconds, most = seconds) {
      const [low, high] = [seconds, most].map(it => Math.max(1, Math.ceil(it / 60))) as [number, number]
      return high < 60 ? unit(low, high, "minute") : unit(Math.ceil(low / 60), Math.ceil(high / 60), "hour")
    },
  }
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
