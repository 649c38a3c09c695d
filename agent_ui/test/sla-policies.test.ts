import { expect, test } from "vitest"
import { minutesIn } from "../settings/sla/models/durations"
import {
  policyBody,
  policyValue,
  proposedTargets,
  warnedTooEarly,
  withClock,
  withMinutes,
} from "../settings/sla/models/policies"

test("times are read as people write them", () => {
  const read = (text: string) => minutesIn(text)
  expect(["4 h", "30 min", "2 d", "1 h 30", "1:30", "90", "1,5 h", "2 Std.", "٣ س"].map(read)).toEqual([
    240, 30, 2880, 90, 90, 90, 90, 120, 180,
  ])
  expect(["", "soon", "4 x", "0", "-3", "1:75", "99999 d", "4 h soon"].map(read)).toEqual(Array(8).fill(null))
})

test("a target is set, taken away, and warns like its neighbours", () => {
  const targets = withClock(proposedTargets(), "first_response", { warn_minutes: 10, around_the_clock: true })
  const without = withMinutes(targets, "first_response", "low", null)
  expect(without).toHaveLength(targets.length - 1)
  const again = withMinutes(without, "first_response", "low", 300)
  expect(again.filter(it => it.clock === "first_response").map(it => it.priority)).toEqual([
    "urgent",
    "high",
    "medium",
    "low",
  ])
  expect(again.find(it => it.clock === "first_response" && it.priority === "low")).toEqual({
    clock: "first_response",
    priority: "low",
    minutes: 300,
    warn_minutes: 10,
    around_the_clock: true,
  })
})

test("a warning as long as its time is found before it is saved", () => {
  expect(warnedTooEarly(proposedTargets()).size).toBe(0)
  expect([...warnedTooEarly(withClock(proposedTargets(), "resolution", { warn_minutes: 240 }))]).toEqual(["resolution"])
})

test("a policy comes back as it was sent", () => {
  const value = {
    name: "Gold",
    hours_id: null,
    inbox_ids: ["i"],
    team_ids: [],
    topics: ["Tents"],
    priorities: ["high" as const],
    companies: ["Acme"],
    targets: proposedTargets(),
  }
  const body = policyBody(value, 3)
  expect(body.version).toBe(3)
  const view = { ...body, id: "p", version: 4, hours_id: null, changed_at: "", changed_by: "" }
  expect(policyValue(view)).toEqual(value)
})
