import { expect, test } from "vitest"
import { textsOf } from "./packs"

const files = import.meta.glob<string>(
  ["../**/*.vue", "../**/*.ts", "!../test/*", "!../node_modules/**", "!../dist/**"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
)
const sources = Object.values(files).join("\n")

/** Keys as they are written out, and as patterns where a part of them is filled in. */
const literals = new Set([...sources.matchAll(/["'`]([a-z_]+(?:\.[a-z_]+)+)["'`]/g)].map(([, key]) => key))
const patterns = [...sources.matchAll(/`([a-z_]+\.[^`]*\$\{[^`]*)`/g)].map(
  ([, text = ""]) => new RegExp(`^${text.replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "[a-z_]+")}$`),
)

test("every text is shown somewhere", () => {
  const keys = Object.keys(textsOf("en")).map(key => key.replace(/_(zero|one|other)$/, ""))
  const unused = keys.filter(key => !literals.has(key) && !patterns.some(pattern => pattern.test(key)))
  expect(unused).toEqual([])
})
