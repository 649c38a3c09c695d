import { expect, test } from "vitest"
import { turnOf } from "../wall/components/turns"

test("a list that fits stands still", () => {
  expect(turnOf([1, 2, 3], 3, 25_000)).toEqual({ items: [1, 2, 3], turn: 1, count: 1 })
  expect(turnOf([], 3, 25_000)).toEqual({ items: [], turn: 1, count: 1 })
})

test("a longer list shows every row in turn, and begins again", () => {
  const all = [1, 2, 3, 4, 5, 6, 7]
  const shown = [0, 10_000, 20_000, 30_000].map(now => turnOf(all, 3, now))
  expect(shown.map(it => it.items)).toEqual([[1, 2, 3], [4, 5, 6], [7], [1, 2, 3]])
  expect(shown.map(it => it.turn)).toEqual([1, 2, 3, 1])
})
