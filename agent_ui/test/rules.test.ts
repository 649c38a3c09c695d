import type { RuleView } from "@parley/client/contract"
import { beforeEach, expect, test } from "vitest"
import { createProactive } from "../settings/proactive/models/greetings"
import { ruleWords } from "../settings/routing/models/rule-words"
import { createRules } from "../settings/routing/models/rules"
import { useRoutingWords } from "../settings/routing/words"
import { type Api, ApiError } from "../shared/models/api"
import { createPeople } from "../shared/models/people"
import { createWords } from "../shared/words/translate"
import { at, me } from "./making"

const rule = (id: string, change: Partial<RuleView> = {}): RuleView => ({
  id,
  position: 1,
  name: id,
  is_enabled: true,
  conditions: {},
  actions: {},
  problems: [],
  changed_at: at(1),
  ...change,
})

let held: RuleView[]
let asked: string[]
let refuses: boolean
let api: Api

beforeEach(() => {
  held = [rule("a"), rule("b"), rule("c")]
  asked = []
  refuses = false
  const answer = async (method: string, path: string, body?: unknown): Promise<never> => {
    asked.push(`${method} ${path}`)
    if (refuses) throw new ApiError(422, { code: "invalid", detail: "", retry_seconds: null, missed: [] })
    if (method === "PUT" && path === "/routing/rules") {
      const { rule_ids } = body as { rule_ids: string[] }
      held = rule_ids.map(id => held.find(it => it.id === id) as RuleView)
    }
    if (method === "DELETE") held = held.filter(it => !path.endsWith(it.id))
    return { ok: true, rules: held, messages: [] } as never
  }
  api = {
    get: path => answer("GET", path),
    post: (path, body) => answer("POST", path, body),
    put: (path, body) => answer("PUT", path, body),
    delete: path => answer("DELETE", path),
  }
})

const names = (model: ReturnType<typeof createRules>) => model.rules.value.map(it => it.id)

test("rules move at once, and back when the server refuses", async () => {
  const model = createRules(api)
  await model.load()
  const moving = model.order(["c", "a", "b"])
  expect(names(model)).toEqual(["c", "a", "b"])
  expect(await moving).toBeNull()
  refuses = true
  expect(await model.order(["a", "b", "c"])).toBe("invalid")
  expect(names(model)).toEqual(["c", "a", "b"])
})

test("after a change every rule is read again, since one may break another", async () => {
  const model = createRules(api)
  await model.load()
  expect(await model.remove("b")).toBeNull()
  expect(names(model)).toEqual(["a", "c"])
  expect(asked.slice(-2)).toEqual(["DELETE /routing/rules/b", "GET /routing/rules"])
})

test("a refused change is said and changes nothing", async () => {
  const model = createRules(api)
  await model.load()
  refuses = true
  expect(await model.save(null, { name: "x", conditions: {}, actions: {} })).toBe("invalid")
  expect(await model.tryOut({ inbox_id: "i" })).toBeNull()
  expect(names(model)).toEqual(["a", "b", "c"])
})

test("a rule is said as a sentence", () => {
  const words = useRoutingWords.of(createWords())
  const say = ruleWords(words, createPeople(me()))
  expect(say.conditions({})).toBe("any message arrives")
  expect(say.conditions({ pages: ["/pricing", "/buy"], languages: ["de"], is_open: false })).toBe(
    "the page contains “/pricing” or “/buy”, the language is “de”, and we are closed",
  )
  expect(say.conditions({ fields: [{ name: "plan", values: ["gold"] }] })).toBe("plan is “gold”")
  expect(say.actions({})).toBe("change nothing")
  expect(
    say.actions({
      team_id: "team",
      skills: ["refunds"],
      priority: "high",
      overflow: [{ team_id: "left", after_seconds: 60 }],
    }),
  ).toBe(
    "assign it to Support, require the skills refunds, set the priority to High, and after 60 s, move it to (deleted)",
  )
})

test.each([
  [
    { condition: "words", wanted: ["refund"], found: "refund", holds: true },
    "the message contains “refund” (found: refund)",
  ],
  [{ condition: "channel", wanted: ["chat"], found: "sms", holds: false }, "it arrives by “Chat” (found: SMS)"],
  [{ condition: "field plan", wanted: ["gold"], found: "", holds: false }, "plan is “gold” (found: None)"],
  [{ condition: "hours", wanted: ["open"], found: "closed", holds: false }, "we are open (found: we are closed)"],
])("a condition that was tried is said with what was found", (trace, words) => {
  const say = ruleWords(useRoutingWords.of(createWords()), createPeople(me()))
  expect(say.traced(trace)).toBe(words)
})

test("proactive messages say why they were refused", async () => {
  const model = createProactive(api)
  await model.load()
  expect(model.state.value).toBe("ready")
  refuses = true
  expect(await model.remove("a")).toBe("invalid")
})

test.each([
  ["rules", createRules],
  ["proactive messages", createProactive],
])("%s that cannot be read again stay on the screen", async (_, create) => {
  refuses = true
  const model = create(api)
  await model.load()
  expect(model.state.value).toBe("failed")
  refuses = false
  await model.load()
  expect(model.state.value).toBe("ready")
  refuses = true
  await model.load()
  expect(model.state.value).toBe("ready")
})
