import { beforeEach, expect, test } from "vitest"
import { importHeld, late } from "../late"

/** As a build writes an `import()`. */
const load = async () => {
  if (asked.length === 0) await import("../late-part-Ab_9-x1Z.js" as string)
  imported += 1
  return "the part"
}

let asked: string[]
let imported: number
let answers: Record<string, number>

beforeEach(() => {
  asked = []
  imported = 0
  answers = {}
  late.isGone = false
  globalThis.fetch = (async ({ pathname }: URL) => {
    const name = pathname.split("/").at(-1) ?? ""
    asked.push(name)
    const status = answers[name] ?? 200
    if (status === 0) throw new TypeError("no line")
    return new Response("code", { status })
  }) as typeof fetch
})

test("a part is imported once it and what it needs are held", async () => {
  expect(await importHeld(load, ["assets/needed-12345678.js"])).toBe("the part")
  expect(asked).toEqual(["late-part-Ab_9-x1Z.js", "needed-12345678.js"])
})

test.each(["late-part-Ab_9-x1Z.js", "needed-12345678.js"])(
  "without %s nothing is imported, and it is asked for again",
  async name => {
    answers[name] = 0
    await expect(importHeld(load, ["assets/needed-12345678.js"])).rejects.toThrow("no line")
    expect(imported).toBe(0)
    expect(late.isGone).toBe(false)
    answers[name] = 200
    expect(await importHeld(load, ["assets/needed-12345678.js"])).toBe("the part")
  },
)

test("a server in trouble is not a newer program", async () => {
  answers["late-part-Ab_9-x1Z.js"] = 503
  await expect(importHeld(load)).rejects.toBeDefined()
  expect(late.isGone).toBe(false)
})

test("a file that is no longer there tells of a newer program", async () => {
  answers["late-part-Ab_9-x1Z.js"] = 404
  await expect(importHeld(load)).rejects.toBeDefined()
  expect([late.isGone, imported]).toEqual([true, 0])
})

test("what is held and cannot be imported needs another page", async () => {
  await expect(importHeld(() => Promise.reject(new TypeError("late-part-Ab_9-x1Z.js")))).rejects.toThrow("late-part")
  expect(late.isGone).toBe(true)
})
