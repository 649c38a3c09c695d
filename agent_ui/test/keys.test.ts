import { expect, test } from "vitest"
import { createKeyboard, type Pressed, SHORTCUTS } from "../models/keys"
import { travelClock } from "./travel"

const press = (key: string, change: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...change,
})

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
  ["r", "reply"],
  ["n", "note"],
  ["t", "tag"],
  ["z", "undo"],
])("%s means %s", (key, action) => {
  expect(createKeyboard(travelClock()).press(press(key), false)).toBe(action)
})

test("the help key counts with the shift that writes it, and Ctrl or Command opens the palette", () => {
  const keyboard = createKeyboard(travelClock())
  expect(keyboard.press(press("?", { shiftKey: true }), false)).toBe("help")
  expect(keyboard.press(press("k", { ctrlKey: true }), false)).toBe("palette")
  expect(keyboard.press(press("k", { metaKey: true }), true)).toBe("palette")
})

test("in a field letters write, and only Escape and Ctrl combinations are commands", () => {
  const keyboard = createKeyboard(travelClock())
  for (const key of ["j", "e", "/", "?", "Enter"]) expect(keyboard.press(press(key), true)).toBeNull()
  expect(keyboard.press(press("Escape"), true)).toBe("back")
})

test("two keys in a second go somewhere, and then the second one means itself again", () => {
  const clock = travelClock()
  const keyboard = createKeyboard(clock)
  expect(keyboard.press(press("g"), false)).toBeNull()
  expect(keyboard.press(press("i"), false)).toBe("go_inbox")
  expect(keyboard.press(press("i"), false)).toBe("assign_me")
  keyboard.press(press("g"), false)
  clock.travel(1500)
  expect(keyboard.press(press("i"), false)).toBe("assign_me")
})

test.each([
  ["i", "go_inbox"],
  ["r", "go_reports"],
  ["k", "go_knowledge"],
  ["s", "go_settings"],
])("g then %s means %s", (key, action) => {
  const keyboard = createKeyboard(travelClock())
  keyboard.press(press("g"), false)
  expect(keyboard.press(press(key), false)).toBe(action)
})

test("Shift marks instead of moving", () => {
  const keyboard = createKeyboard(travelClock())
  expect(keyboard.press(press("J", { shiftKey: true }), false)).toBe("mark_next")
  expect(keyboard.press(press("K", { shiftKey: true }), false)).toBe("mark_previous")
})

test("the browser's own combinations are left alone", () => {
  const keyboard = createKeyboard(travelClock())
  expect(keyboard.press(press("r", { ctrlKey: true }), false)).toBeNull()
  expect(keyboard.press(press("e", { altKey: true }), false)).toBeNull()
  expect(keyboard.press(press("E", { shiftKey: true }), false)).toBeNull()
})

test("no two commands share their keys", () => {
  const keys = SHORTCUTS.flatMap(group => group.shortcuts.filter(it => it.action).map(it => it.keys.join(" ")))
  expect(new Set(keys).size).toBe(keys.length)
})
