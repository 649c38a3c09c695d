import type en from "../words.en.json"

export interface SnoozeChoice {
  key: keyof typeof en
  until: Date
}

/** Times worth offering from here: only those that lie ahead, each once. */
export function snoozeChoices(now: number): SnoozeChoice[] {
  const at = (days: number, hour: number) => {
    const date = new Date(now)
    date.setDate(date.getDate() + days)
    date.setHours(hour, 0, 0, 0)
    return date
  }
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7
  const choices: SnoozeChoice[] = [
    { key: "snooze.hour", until: new Date(now + 3_600_000) },
    { key: "snooze.tonight", until: at(0, 18) },
    { key: "snooze.tomorrow", until: at(1, 9) },
    { key: "snooze.week", until: at(toMonday, 9) },
  ]
  return choices.filter(
    ({ until }, index) =>
      until.getTime() > now + 60_000 && choices.findIndex(other => other.until.getTime() === until.getTime()) === index,
  )
}

/** What a date-and-time field shows for a moment, in the reader's own zone. */
export function localInput(when: Date): string {
  const shifted = new Date(when.getTime() - when.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}
