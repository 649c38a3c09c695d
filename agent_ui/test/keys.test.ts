import { expect, test } from "vitest"
import { type CommandId, specOf } from "../shared/commands/commands"
import { createKeyboard, nameOf, type Pressed, SHORTCUTS, WAIT_MS } from "../shared/commands/keys"
import { travelClock } from "./travel"

const press = (key: string, change: Partial<Pressed> = {}): Pressed => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  repeat: false,
  ...change,
})

function typing({
  hasSingleKeys = true,
  known = [] as CommandId[],
  waits = (id: CommandId) => specOf(id).waits === true,
} = {}) {
  const clock = travelClock()
  const done: CommandId[] = []
  const keyboard = createKeyboard({
    clock,
    hasSingleKeys: () => hasSingleKeys,
    knows: id => known.includes(id),
    waits,
    due: id => void done.push(id),
  })
  function hit(key: string, { isInField = false, after = 0, ...change }: Partial<Pressed> & Hit = {}) {
    clock.travel(after)
    const id = keyboard.press(press(key, change), isInField)
    if (id) done.push(id)
  }
  /** Letters, as fast as people type. */
  function type(text: string, more: Hit = {}) {
    for (const letter of text) hit(letter, { after: 90, ...more })
  }
  const rest = () => clock.travel(5000)
  return { clock, keyboard, done, hit, type, rest }
}

interface Hit {
  isInField?: boolean
  after?: number
}

test.each([
  ["j", "next"],
  ["k", "previous"],
  ["Enter", "open"],
  ["Escape", "back"],
  ["/", "search"],
  ["e", "resolve"],
  ["a", "assign"],
  ["i", "assign_me"],
  ["s", "snooze"],
  ["f", "transfer"],
  ["x", "escalate"],
  ["p", "priority"],
  ["u", "status"],
  ["y", "accept"],
  ["r", "reply"],
  ["n", "note"],
  ["t", "tag"],
  ["1", "insert_first"],
  ["z", "undo"],
])("%s means %s", (key, id) => {
  const { done, hit, rest } = typing()
  hit(key)
  rest()
  expect(done).toEqual([id])
})

test("the help key counts with the shift that writes it, and Ctrl or Command opens the palette", () => {
  const { done, hit } = typing()
  hit("?", { shiftKey: true })
  hit("k", { ctrlKey: true })
  hit("k", { metaKey: true, isInField: true })
  expect(done).toEqual(["help", "palette", "palette"])
})

test("in a field letters write, and only Escape and Ctrl combinations are commands", () => {
  const { done, hit, rest } = typing()
  for (const key of ["j", "e", "/", "?", "Enter"]) hit(key, { isInField: true })
  rest()
  expect(done).toEqual([])
  hit("Escape", { isInField: true })
  expect(done).toEqual(["back"])
})

test("two keys in a second go somewhere, and then the second one means itself again", () => {
  const { done, hit, rest } = typing()
  hit("g")
  hit("i", { after: 300 })
  expect(done).toEqual(["go_inbox"])
  hit("i", { after: 1000 })
  rest()
  hit("g")
  hit("i", { after: 1500 })
  rest()
  expect(done).toEqual(["go_inbox", "assign_me", "assign_me"])
})

test.each([
  ["i", "go_inbox"],
  ["r", "go_reports"],
  ["k", "go_knowledge"],
  ["v", "go_visitors"],
  ["s", "go_settings"],
])("g then %s means %s", (key, id) => {
  const { done, hit } = typing()
  hit("g")
  hit(key, { after: 100 })
  expect(done).toEqual([id])
})

test("Shift marks instead of moving", () => {
  const { done, hit } = typing()
  hit("J", { shiftKey: true })
  hit("K", { shiftKey: true })
  expect(done).toEqual(["mark_next", "mark_previous"])
})

test("the browser's own combinations are left alone", () => {
  const { done, hit, rest } = typing()
  hit("r", { ctrlKey: true })
  hit("e", { altKey: true })
  hit("E", { shiftKey: true })
  rest()
  expect(done).toEqual([])
})

test("no two commands share their keys, but for those of pages that never meet", () => {
  const keys = SHORTCUTS.flatMap(group =>
    group.shortcuts.filter(it => it.command && it.command !== "mark").map(it => it.keys.join(" ")),
  )
  expect(new Set(keys).size).toBe(keys.length)
})

test.each(["hello there", "everything is fine", "is it done", "so sorry", "please resolve this"])(
  "%j typed without a field does nothing",
  text => {
    const { done, type, rest } = typing()
    type(text)
    rest()
    expect(done).toEqual([])
  },
)

test("after a pause a letter is a command again", () => {
  const { done, hit, type, rest } = typing()
  type("hello")
  hit("e", { after: 900 })
  rest()
  expect(done).toEqual(["resolve"])
})

test("what has just lost its field goes on as text, also with letters that would act at once", () => {
  const { done, type, rest } = typing()
  type("I will ", { isInField: true })
  type("reassign the next ticket")
  rest()
  expect(done).toEqual([])
})

test("a field that is left on purpose gives the keys back at once", () => {
  for (const key of ["Escape", "Tab", "Enter"]) {
    const { done, hit, type, rest } = typing()
    type("Done", { isInField: true })
    hit(key, { isInField: true })
    hit("e", { after: 50 })
    rest()
    expect(done.filter(id => id !== "back")).toEqual(["resolve"])
  }
  const { done, hit, type, rest, keyboard } = typing()
  type("Done", { isInField: true })
  keyboard.touch()
  hit("e", { after: 50 })
  rest()
  expect(done).toEqual(["resolve"])
})

test("resolving one after another is not typing, and undo right after it means not at all", () => {
  const { done, hit, rest } = typing()
  hit("e")
  hit("j", { after: 80 })
  hit("e", { after: 80 })
  hit("Escape", { after: 80 })
  expect(done).toEqual(["resolve", "next", "resolve", "back"])
  hit("e", { after: 1000 })
  hit("z", { after: 80 })
  rest()
  expect(done).toHaveLength(4)
})

test("a letter that would change who reads waits, one that would not is there at once", () => {
  const { done, type, rest } = typing({ waits: id => id === "reply" })
  type("really")
  rest()
  expect(done).toEqual([])
  type("n")
  expect(done).toEqual(["note"])
})

test("a key that is held down does not act again and again", () => {
  const { done, hit, clock, rest } = typing()
  hit("e")
  clock.travel(WAIT_MS)
  hit("e", { after: 600, repeat: true })
  rest()
  expect(done).toEqual(["resolve"])
})

test("switched off, keys that write are no commands, and all others are", () => {
  const { done, hit, rest } = typing({ hasSingleKeys: false })
  for (const key of ["e", "j", "/", "?", "1", "g", "i"]) hit(key)
  hit("J", { shiftKey: true })
  rest()
  expect(done).toEqual([])
  hit("Enter")
  hit("Escape")
  hit("k", { ctrlKey: true })
  expect(done).toEqual(["open", "back", "palette"])
})

test.each([
  ["у", "KeyE", {}, "e"],
  ["ث", "KeyE", {}, "e"],
  ["لا", "KeyB", {}, "b"],
  ["л", "KeyK", { ctrlKey: true }, "mod+k"],
  ["О", "KeyJ", { shiftKey: true }, "shift+j"],
  ["?", "Digit7", { shiftKey: true }, "?"],
  ["a", "KeyQ", {}, "a"],
  ["Enter", "Enter", {}, "enter"],
] as const)("%s on %s is named %j %s", (key, code, change, name) => {
  expect(nameOf(press(key, { code, ...change }))).toBe(name)
})

test("of two commands with one key, the one that the page knows is meant", () => {
  const list = typing({ known: ["mark"] })
  list.hit("x")
  expect(list.done).toEqual(["mark"])
  const open = typing({ known: ["escalate"] })
  open.hit("x")
  open.rest()
  expect(open.done).toEqual(["escalate"])
})
