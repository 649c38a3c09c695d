import { expect, test } from "vitest"
import { shiftOf } from "../inbox/components/scroll-anchor"

const rows = (ids: string) => [...ids].map(id => ({ id }))

test.each([
  ["a new row above", "abcdef", "xabcdef", 2, 1],
  ["a row above leaves", "abcdef", "bcdef", 2, -1],
  ["a row from below goes to the top", "abcdef", "fabcde", 2, 1],
  ["the first visible row itself goes to the top", "abcdef", "cabdef", 2, 0],
  ["something below changes", "abcdef", "abcdxef", 1, 0],
  ["another list altogether", "abcdef", "uvwxyz", 2, 0],
])("%s", (_, before, now, firstVisible, shift) => {
  expect(shiftOf(rows(before), rows(now), firstVisible)).toBe(shift)
})
