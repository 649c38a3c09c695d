import { expect, test } from "vitest"
import { createFormats } from "../formats"

const { duration } = createFormats("en", () => 0)

test.each([
  [1, undefined, "1 minute"],
  [61, undefined, "2 minutes"],
  [100, 230, "2–4 minutes"],
  [20, 50, "1 minute"],
  [1500, 4000, "1–2 hours"],
  [3600, 3600, "1 hour"],
])("a wait of %s to %s seconds is %s", (low, high, words) => {
  expect(duration(low, high).replace(/\s*[–-]\s*/, "–")).toBe(words)
})
