import { expect, test } from "vitest"
import { waitLevel } from "../inbox/models/waiting"
import { createPeople } from "../shared/models/people"
import { at, me } from "./making"

test("a wait is near too long from four fifths of what its team finds too long", () => {
  const people = createPeople(me())
  const level = (seconds: number) =>
    waitLevel(at(0), Date.parse(at(0)) + seconds * 1000, people.team("team")?.longest_seconds)
  expect([239, 240, 299, 300].map(level)).toEqual(["calm", "late", "late", "overdue"])
  people.setLongestWait("team", 20)
  expect([15, 16, 20].map(level)).toEqual(["calm", "late", "overdue"])
})

test("a wait that nobody promised anything about asks for attention and is never overdue", () => {
  for (const nothing of [null, undefined]) {
    expect([239, 240, 86_400].map(it => waitLevel(at(0), Date.parse(at(0)) + it * 1000, nothing))).toEqual([
      "calm",
      "late",
      "late",
    ])
  }
})
