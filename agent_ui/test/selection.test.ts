import { expect, test } from "vitest"
import { shallowRef } from "vue"
import { createSelection } from "../inbox/models/selection"
import { conversation } from "./making"

function selecting(count = 6) {
  const rows = shallowRef(Array.from({ length: count }, (_, index) => conversation(`c${index}`, index)))
  return { rows, selection: createSelection(() => rows.value) }
}

test("the range grows and shrinks around the row it began at", () => {
  const { selection } = selecting()
  selection.extend(1, "c2")
  expect(selection.ids.value).toEqual(["c2", "c3"])
  selection.extend(1, "c2")
  expect(selection.ids.value).toEqual(["c2", "c3", "c4"])
  for (let step = 0; step < 3; step++) selection.extend(-1, "c2")
  expect(selection.ids.value).toEqual(["c1", "c2"])
  expect(selection.headId.value).toBe("c1")
})

test("without an open conversation it begins at the first row, and it stops at the ends", () => {
  const { selection } = selecting(2)
  selection.extend(1, null)
  expect(selection.ids.value).toEqual(["c0"])
  for (let step = 0; step < 5; step++) selection.extend(1, null)
  expect(selection.ids.value).toEqual(["c0", "c1"])
})

test("marked rows stay marked when the list moves, and leave the mark with the list", () => {
  const { rows, selection } = selecting()
  selection.extendTo("c4", "c2")
  rows.value = [...rows.value].reverse()
  expect(selection.ids.value).toEqual(["c4", "c3", "c2"])
  rows.value = rows.value.filter(row => row.id !== "c3")
  expect(selection.ids.value).toEqual(["c4", "c2"])
})

test("two hundred are the most that can be marked", () => {
  const { selection } = selecting(300)
  selection.extendTo("c299", "c0")
  expect(selection.ids.value).toHaveLength(200)
})
