import { expect, test } from "vitest"
import { createAfterSend } from "../conversation/models/after-send"
import type { Done, What } from "../shared/models/bulk"
import { ME } from "./making"
import { memoryStorage } from "./memory-storage"
import { settle } from "./travel"

const done: Done = { key: "done.resolved" }
const RESOLVED = { status: "resolved" }

/** Pages of one browser: they share its storage, and each does its own. */
function browser() {
  const storage = memoryStorage()
  return {
    page(answers: Promise<boolean> = Promise.resolve(true)) {
      const changed: [readonly string[], What][] = []
      const change = (ids: readonly string[], what: What) => {
        changed.push([ids, what])
        return answers
      }
      return { changed, ...createAfterSend({ storage, agentId: ME, change }) }
    },
  }
}

test("a change waits for the last of its messages, and is made once", async () => {
  const page = browser().page()
  page.make({ clientIds: ["1", "2"], conversationIds: ["a", "b"], what: RESOLVED, done })
  page.sent("1")
  page.sent("unknown")
  expect(page.changed).toEqual([])
  page.sent("2")
  page.sent("2")
  await settle()
  page.sent("2")
  expect(page.changed).toEqual([[["a", "b"], RESOLVED]])
})

test("what was taken back is not done", () => {
  const page = browser().page()
  page.make({ clientIds: ["1", "2"], conversationIds: ["a"], what: RESOLVED, done })
  page.drop("2")
  page.sent("1")
  expect(page.changed).toEqual([])
})

test("a page that is closed before its messages are sent leaves the change to whichever sends them", () => {
  const { page } = browser()
  page().make({ clientIds: ["1"], conversationIds: ["a"], what: RESOLVED, done })
  const next = page()
  next.takeUp([{ client_id: "1" }])
  expect(next.changed).toEqual([])
  next.sent("1")
  expect(next.changed).toEqual([[["a"], RESOLVED]])
})

test("a page that is closed between the message and the change leaves the change to the next", async () => {
  const { page } = browser()
  const first = page(new Promise(() => {}))
  first.make({ clientIds: ["1"], conversationIds: ["a"], what: RESOLVED, done })
  first.sent("1")
  expect(first.changed).toHaveLength(1)
  const next = page()
  next.takeUp([])
  await settle()
  expect(next.changed).toEqual([[["a"], RESOLVED]])
  const third = page()
  third.takeUp([])
  expect(third.changed).toEqual([])
})
