import { afterEach, expect, test, vi } from "vitest"
import { isStorageDenied, openChannel, openStorage, underLock } from "../browser"

afterEach(() => vi.unstubAllGlobals())

/** As Firefox and Chromium answer where site data is blocked. */
function denied(): never {
  throw new DOMException("The operation is insecure.", "SecurityError")
}

test("F1: texts live in memory where the browser denies storage, for all that ask for the same kind", () => {
  vi.stubGlobal("window", {
    get localStorage() {
      return denied()
    },
  })
  const storage = openStorage("localStorage")
  storage.setItem("a", "1")
  storage.setItem("b", "2")
  storage.removeItem("b")
  expect(openStorage("localStorage").getItem("a")).toBe("1")
  expect(storage.length).toBe(1)
  expect(storage.key(0)).toBe("a")
  expect(isStorageDenied()).toBe(true)
  storage.removeItem("a")
})

test("F1: what is too much for the browser is kept in memory, and newer than what it holds", () => {
  const held = new Map([["a", "old"]])
  const full = {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: denied,
    removeItem: (key: string) => held.delete(key),
  }
  vi.stubGlobal("window", { localStorage: full })
  const storage = openStorage("localStorage")
  expect(storage.getItem("a")).toBe("old")
  storage.setItem("a", "new")
  expect(storage.getItem("a")).toBe("new")
  storage.removeItem("a")
  expect(storage.getItem("a")).toBe(null)
})

test("F1: no channel is null, and a lock that is denied or never comes runs without it", async () => {
  vi.stubGlobal(
    "BroadcastChannel",
    class {
      constructor() {
        denied()
      }
    },
  )
  expect(openChannel("x")).toBe(null)
  const refusing = { request: async () => denied() }
  expect(await underLock(refusing, "x", async () => "ran")).toBe("ran")
  expect(await underLock(null, "x", async () => "ran")).toBe("ran")
})

test("a failure under the lock is the caller's, and runs nothing twice", async () => {
  let runs = 0
  const locks = { request: async (_name: string, _options: LockOptions, run: () => Promise<unknown>) => run() }
  const failing = underLock(locks as never, "x", async () => {
    runs += 1
    throw new Error("mine")
  })
  await expect(failing).rejects.toThrow("mine")
  expect(runs).toBe(1)
})
