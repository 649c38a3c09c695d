import type { QueueWallView, WallView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { effectScope, nextTick, shallowRef } from "vue"
import { duration, figuresOf, percent } from "../wall/components/figures"
import { crossed, levelOf, levelsOf, worst } from "../wall/components/levels"
import { useAlarm } from "../wall/components/use-alarm"
import { agent, at } from "./making"

const MINUTE = 60_000
const START = Date.parse(at(0))

const queue = (change: Partial<QueueWallView> = {}): QueueWallView => ({
  team_id: "support",
  name: "Support",
  waiting_count: 0,
  unserved: null,
  oldest_waiting_at: null,
  at_risk_count: 0,
  next_at_risk_at: null,
  open_count: 0,
  online_count: 0,
  wait_p50_seconds: null,
  wait_p90_seconds: null,
  abandoned_today: 0,
  answered_today: 0,
  answered_in_time_today: 0,
  unanswered_late_count: 0,
  next_late_at: null,
  promised_today: 0,
  kept_today: 0,
  sla_late_count: 0,
  sla_at_risk_count: 0,
  thresholds: { waiting_count: 10, longest_seconds: 300, p90_seconds: 300, answer_seconds: 120 },
  ...change,
})

const wallOf = (...queues: QueueWallView[]): WallView => ({
  queues,
  stuck: [],
  agents: [{ agent: agent("ana", { presence: "online" }), missed_today: 0, chat_count: 0, chats: [] }],
  csat: { average: null, answered_count: 0, satisfied_count: 0 },
  opened_today: 0,
  resolved_today: 0,
  made_at: at(0),
})

test.each([
  [7, "calm"],
  [8, "near"],
  [9, "near"],
  [10, "over"],
] as const)("%i of 10 is %s", (value, level) => {
  expect(levelOf(value, 10)).toBe(level)
})

test("a wait crosses its threshold by time alone", () => {
  const waiting = queue({ oldest_waiting_at: at(0) })
  expect(levelsOf(waiting, START + 3.9 * MINUTE).longest).toBe("calm")
  expect(levelsOf(waiting, START + 4 * MINUTE).longest).toBe("near")
  expect(levelsOf(waiting, START + 5 * MINUTE).longest).toBe("over")
  expect([...crossed([waiting], START + 5 * MINUTE)]).toEqual(["support/longest"])
  expect(worst(["calm", "over", "near"])).toBe("over")
})

test("the alarm rings once a crossing, and not for what was over before", async () => {
  const wall = shallowRef<WallView | null>(null)
  const now = shallowRef(START)
  const rung: string[] = []
  const scope = effectScope()
  scope.run(() => useAlarm(wall, now, figure => rung.push(figure)))
  const show = async (waiting: number) => {
    wall.value = wallOf(queue({ waiting_count: waiting }))
    await nextTick()
  }
  await show(12)
  expect(rung).toEqual([])
  await show(9)
  await show(10)
  await show(11)
  expect(rung).toEqual(["support/waiting"])
  await show(3)
  await show(10)
  expect(rung).toHaveLength(2)
  wall.value = wallOf(queue({ oldest_waiting_at: at(0) }))
  await nextTick()
  now.value = START + 5 * MINUTE
  await nextTick()
  expect(rung.at(-1)).toBe("support/longest")
  scope.stop()
  await show(3)
  await show(10)
  expect(rung).toHaveLength(3)
})

test("figures of all queues together", () => {
  const figures = figuresOf(
    wallOf(
      queue({ waiting_count: 2, oldest_waiting_at: at(5), answered_today: 3, answered_in_time_today: 3 }),
      queue({ team_id: "orders", waiting_count: 1, oldest_waiting_at: at(4), answered_today: 1, abandoned_today: 1 }),
      queue({ team_id: "returns", unanswered_late_count: 1 }),
    ),
  )
  expect(figures).toMatchObject({ waiting: 3, oldest: at(4), online: 1, abandoned: 1, inTime: 0.6, satisfied: null })
  expect([percent(0.75, "en"), percent(null, "en")]).toEqual(["75%", "–"])
})

test.each([
  [null, "–"],
  [42.4, "0:42"],
  [725, "12:05"],
  [3725, "1:02:05"],
])("%s seconds read %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})
