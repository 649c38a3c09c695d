import type { NextDueView, SlaClockView } from "@parley/client/contract"

export type DueLevel = "calm" | "risk" | "late"

type Due = Pick<NextDueView, "due_at" | "warn_at">

/** Red is a broken promise, amber one about to break. */
export function dueLevel({ due_at, warn_at }: Due, now: number): DueLevel {
  if (Date.parse(due_at) <= now) return "late"
  return warn_at !== null && Date.parse(warn_at) <= now ? "risk" : "calm"
}

export interface TimeParts {
  key: TimeKey
  values: { d: number; h: number; m: number; s: number }
}

type TimeKey =
  | "time.seconds"
  | "time.minutes"
  | "time.minutes_seconds"
  | "time.hours"
  | "time.hours_minutes"
  | "time.hours_minutes_seconds"
  | "time.days"
  | "time.days_hours"

const DAY = 86_400
const HOUR = 3600

/** "2 h 05": how long, for a row. Seconds only when there is nothing longer, hours only when there are days. */
export function roughTime(seconds: number): TimeParts {
  const whole = Math.max(0, Math.floor(seconds))
  const values = valuesOf(whole)
  if (whole < 60) return { key: "time.seconds", values }
  if (whole < HOUR) return { key: "time.minutes", values }
  if (whole < DAY) return { key: values.m > 0 ? "time.hours_minutes" : "time.hours", values }
  return { key: values.h > 0 ? "time.days_hours" : "time.days", values }
}

/** The same to the second, for what has to add up. Working hours have no days of 24. */
export function exactTime(seconds: number): TimeParts {
  const whole = Math.max(0, Math.round(seconds))
  const values = { ...valuesOf(whole), d: 0, h: Math.floor(whole / HOUR) }
  if (whole < 60) return { key: "time.seconds", values }
  if (values.s > 0) return { key: values.h > 0 ? "time.hours_minutes_seconds" : "time.minutes_seconds", values }
  if (values.h === 0) return { key: "time.minutes", values }
  return { key: values.m > 0 ? "time.hours_minutes" : "time.hours", values }
}

const valuesOf = (whole: number) => ({
  d: Math.floor(whole / DAY),
  h: Math.floor(whole / HOUR) % 24,
  m: Math.floor(whole / 60) % 60,
  s: whole % 60,
})

/** Whole seconds of each stretch, such that they add up to those of the total. */
export function secondsThatAddUp(minutes: readonly number[]): number[] {
  let sum = 0
  let before = 0
  return minutes.map(one => {
    sum += one * 60
    const seconds = Math.round(sum) - before
    before += seconds
    return seconds
  })
}

/** Seconds by which a cycle that is over came too late. */
export const missedBy = ({ due_at, ended_at }: SlaClockView): number =>
  due_at && ended_at ? Math.max(0, (Date.parse(ended_at) - Date.parse(due_at)) / 1000) : 0
