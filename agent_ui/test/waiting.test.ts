import { expect, test } from "vitest"
import { createPeople } from "../models/people"
import { waitLevel } from "../models/waiting"
import { at, me } from "./making"

test("a wait is near too long from four fifths of what its team finds too long", () => {
  const people = createPeople(me())
  const level = (seconds: number) =>
    waitLevel(at(0), Date.parse(at(0)) + seconds * 1000, people.team("team")?.longest_seconds)
  expect([239, 240, 299, 300].map(level)).toEqual(["calm", "late", "late", "overdue"])
  people.setLongestWait("team", 20)
  expect([15, 16, 20].map(level)).toEqual(["calm", "late", "overdue"])
})

test("a conversation of no team is late as one of a team that has set nothing", () => {
  expect(waitLevel(at(0), Date.parse(at(5)))).toBe("overdue")
})
