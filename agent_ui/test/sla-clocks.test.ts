import type { AgentEvent, SlaAccountView, SlaClockView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { createSlaClocks } from "../sla/models/sla-clocks"
import { at } from "./making"
import { settle, travelClock } from "./travel"

const ACCOUNT = { policy_name: "Gold", target_minutes: 60 } as SlaAccountView

const made = (clock: SlaClockView["clock"], change: Partial<SlaClockView> = {}): SlaClockView => ({
  clock,
  cycle: 1,
  progress: "running",
  is_overdue: false,
  started_at: at(0),
  ended_at: null,
  due_at: at(60),
  warn_at: null,
  remaining_minutes: null,
  warned_at: null,
  breached_at: null,
  account: ACCOUNT,
  ...change,
})

function opened(answers: (readonly SlaClockView[] | Error)[]) {
  const asked: string[] = []
  const clock = travelClock()
  let tell: (event: AgentEvent) => void = () => {}
  const model = createSlaClocks(
    {
      async get<T>(path: string): Promise<T> {
        asked.push(path)
        const answer = answers.shift() ?? []
        if (answer instanceof Error) throw answer
        return { at: at(0), clocks: answer } as T
      },
    },
    {
      onEvent(listener) {
        tell = listener
        return () => {}
      },
      onConnected: () => () => {},
    },
    clock,
  )
  return {
    model,
    asked,
    clock,
    changed: (id: string) => tell({ type: "sla.changed", conversation_id: id, next_due: null }),
  }
}

test("clocks are asked for once, and again only when one of them changes", async () => {
  const { model, asked, clock, changed } = opened([[made("resolution")], []])
  model.show("a")
  expect(asked).toEqual([])
  clock.travel(250)
  await settle()
  expect(model.clocks.value).toHaveLength(1)
  clock.travel(3_600_000)
  changed("b")
  expect(asked).toEqual(["/conversations/a/sla"])
  changed("a")
  await settle()
  expect(asked).toHaveLength(2)
  expect(model.clocks.value).toEqual([])
})

test("passing by asks for nothing, and a late answer about another conversation is dropped", async () => {
  const { model, asked, clock } = opened([[made("resolution")], [made("first_response")]])
  model.show("a")
  model.show("b")
  clock.travel(250)
  model.show("c")
  clock.travel(250)
  await settle()
  expect(asked).toEqual(["/conversations/b/sla", "/conversations/c/sla"])
  expect(model.clocks.value.map(it => it.clock)).toEqual(["first_response"])
})

test("the last cycle of each promised clock is shown, open ones by their due time first", async () => {
  const { model, clock } = opened([
    [
      made("first_response", { progress: "kept", ended_at: at(5) }),
      made("next_response", { progress: "missed", ended_at: at(99) }),
      made("next_response", { cycle: 2, due_at: at(30) }),
      made("resolution", { progress: "paused", due_at: null }),
      made("customer_wait", { due_at: at(20) }),
      made("agent_work", { account: null }),
    ],
  ])
  model.show("a")
  clock.travel(250)
  await settle()
  const shown = model.clocks.value.map(it => `${it.clock} ${it.cycle}`)
  expect(shown).toEqual(["customer_wait 1", "next_response 2", "resolution 1", "first_response 1"])
})

test("a refused request is said, and asked again; what was had stays", async () => {
  const { model, clock, changed } = opened([new Error("no"), [made("resolution")], new Error("no")])
  model.show("a")
  clock.travel(250)
  await settle()
  expect(model.state.value).toBe("failed")
  model.retry()
  await settle()
  expect(model.state.value).toBe("ready")
  changed("a")
  await settle()
  expect(model.state.value).toBe("ready")
  expect(model.clocks.value).toHaveLength(1)
})
