import type { QueueView, VisitorConversationView, WidgetSession } from "@parley/client/contract"
import { createTranslator } from "@parley/client/i18n"
import { conversation } from "@parley/client/test/world"
import { expect, test } from "vitest"
import { promiseOf } from "../components/promise"
import { placeOf } from "../components/queue-card"
import { createFormats } from "../formats"
import en from "../locales/en.json"

const NOON = new Date(2026, 2, 2, 12).getTime()
const LATE = new Date(2026, 2, 2, 23, 30).getTime()
const texts = { ...createTranslator("en", en), ...createFormats("en", () => NOON) }
const QUEUE: QueueView = { position: 6, wait_seconds: 200, low_seconds: 120, high_seconds: 360 }

function said(inbox: object, talk: Partial<VisitorConversationView> | null = null, now = NOON): string {
  const held = { inbox: { is_staffed: true, reply_seconds: null, ...inbox } } as WidgetSession
  return promiseOf(held, talk && { ...conversation(1), agent_name: null, queue: null, ...talk }, texts, now)
}

test("a reply within ten minutes is promised in minutes, a later one in words", () => {
  expect(said({ reply_seconds: 440 })).toBe("Replies in about 8 minutes")
  expect(said({ reply_seconds: 600 })).toBe("Replies in about 10 minutes")
  expect(said({ reply_seconds: 601 })).toBe("We reply a little later today")
  expect(said({ reply_seconds: 1440 })).toBe("We reply a little later today")
})

test("what would come tomorrow comes by email", () => {
  expect(said({ reply_seconds: 3600 }, null, LATE)).toBe("We reply by email")
  expect(said({ reply_seconds: 90_000 })).toBe("We reply by email")
})

test("the queue makes the only promise while the visitor waits in it, and nobody one once an agent is there", () => {
  expect(said({ reply_seconds: 440 }, { queue: QUEUE })).toBe("We're online")
  expect(said({ reply_seconds: 1440 }, { agent_name: "Ana" })).toBe("We're online")
  expect(said({ is_staffed: false, reply_seconds: 440 })).toBe("We're away right now")
})

test("a place is said with its range, beyond ten minutes in words, and alone where nothing is known", () => {
  const place = (changes: Partial<QueueView>) => placeOf({ ...QUEUE, ...changes }, texts).replace(/\s*–\s*/, "-")
  expect(place({})).toBe("You're 6th in line - about 2-6 minutes")
  expect(place({ position: 1, low_seconds: 1440, high_seconds: 1800 })).toBe(
    "You're next in line. We reply a little later today.",
  )
  expect(place({ wait_seconds: null, low_seconds: null, high_seconds: null })).toBe("You're 6th in line")
})
