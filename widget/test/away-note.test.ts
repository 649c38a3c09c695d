import type { WidgetSession } from "@parley/client/contract"
import { createTranslator } from "@parley/client/i18n"
import { conversation } from "@parley/client/test/world"
import { expect, test } from "vitest"
import { awayWords } from "../components/away-note"
import { promiseOf } from "../components/promise"
import { createFormats } from "../formats"
import en from "../locales/en.json"

const FRIDAY = new Date(2026, 2, 6, 19).getTime()
const MONDAY = new Date(2026, 2, 9, 9).toISOString()
const texts = { ...createTranslator("en", en), ...createFormats("en-GB", () => FRIDAY) }
const talk = { ...conversation(1), agent_name: null, queue: null, ticket_number: null }

function away(inbox: object, email: string | null = null): WidgetSession {
  const closed = { is_staffed: false, opens_at: null, away_text: "", reply_seconds: null, ...inbox }
  return { inbox: closed, contact: { email } } as WidgetSession
}

test("before a message the inbox's own away text stands, and when somebody is back", () => {
  expect(awayWords(away({}), null, texts)).toBe("Leave a message and we'll get back to you.")
  const words = awayWords(away({ away_text: "Gone hiking.", opens_at: MONDAY }), null, texts)
  expect(words).toBe("Gone hiking. Back Monday 9:00, your time.")
})

test("after a message it is confirmed, and says when and how the answer comes", () => {
  const closed = away({ opens_at: MONDAY, away_text: "Leave a message." }, "mia@example.com")
  expect(awayWords(closed, talk, texts)).toBe(
    "Thanks, we've got it. Back Monday 9:00, your time. We'll reply by email.",
  )
  expect(awayWords(closed, { ...talk, ticket_number: 7 }, texts)).toBe(
    "Back Monday 9:00, your time. We'll reply by email.",
  )
  expect(awayWords(away({}), talk, texts)).toBe("Thanks, we've got it. We'll get back to you as soon as we can.")
})

test("nobody promises an email where there is no address", () => {
  expect(awayWords(away({ opens_at: MONDAY }), talk, texts)).not.toContain("email")
})

test("the first screen and the header say when the inbox opens, in the visitor's own time", () => {
  expect(promiseOf(away({ opens_at: MONDAY }), null, texts, FRIDAY)).toBe("Back Monday 9:00, your time.")
  expect(promiseOf(away({ opens_at: MONDAY }), talk, texts, FRIDAY, "back_from")).toBe("Back Monday 9:00")
})
