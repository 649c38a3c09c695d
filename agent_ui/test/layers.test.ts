import { expect, test } from "vitest"

/**
 * The shell knows the areas, areas know what is shared, and neither the other way round. An area sees of another one what that
 * gives away: its model, its words and its index.
 */
const FILES = import.meta.glob<string>(["../*/**/*.{vue,ts}", "!../test/**", "!../node_modules/**", "!../dist/**"], {
  query: "?raw",
  import: "default",
  eager: true,
})
const GIVEN_AWAY = /^(index|model|words)$/

/** "settings/hours" of "settings/hours/pages/HoursPage.vue"; the settings' own frame and fields are areas, too. */
const areaOf = (path: string) =>
  (path.startsWith("settings/") ? path.split("/").slice(0, 2) : path.split("/").slice(0, 1)).join("/")
const isArea = (area: string) => area !== "shared" && area !== "shell"

interface Import {
  from: string
  to: string
}

const imports: Import[] = Object.entries(FILES).flatMap(([key, text]) => {
  const from = key.slice("../".length)
  const folder = from.split("/").slice(0, -1)
  return [...text.matchAll(/(?:from|import\(|^import) ?"(\.[^"]+)"/gm)].map(([, path = ""]) => {
    const steps = [...folder]
    for (const step of path.split("/")) {
      if (step === "..") steps.pop()
      else if (step !== ".") steps.push(step)
    }
    return { from, to: steps.join("/") }
  })
})

/** Whether what is imported is what its area gives away. */
function isGivenAway(to: string): boolean {
  const rest = to.slice(areaOf(to).length + 1)
  return rest === "" || GIVEN_AWAY.test(rest)
}

const say = ({ from, to }: Import) => `${from} -> ${to}`

test("every source file is looked at", () => {
  expect(imports.length).toBeGreaterThan(800)
})

test("what is shared knows no area, but for the texts said before an area is there", () => {
  const up = imports.filter(({ from, to }) => areaOf(from) === "shared" && areaOf(to) !== "shared")
  expect(up.filter(({ to }) => !/\/first\.\w+\.json$/.test(to)).map(say)).toEqual([])
})

test("no area knows the shell", () => {
  expect(imports.filter(({ from, to }) => isArea(areaOf(from)) && areaOf(to) === "shell").map(say)).toEqual([])
})

test("an area sees of another what that gives away", () => {
  const across = imports.filter(({ from, to }) => {
    const [mine, theirs] = [areaOf(from), areaOf(to)]
    if (!isArea(mine) || !isArea(theirs) || mine === theirs) return false
    return !isGivenAway(to) && theirs !== "settings/shared"
  })
  expect(across.map(say)).toEqual([])
})

test("components ask their area's model, never the server", () => {
  const asks = /\bapi\b[^\n]*\} = useApp\(\)|\bapi\.(get|post|put|delete)\b|\.command\(|[^.\w]fetch\(/
  const own = new Set(["../shell/App.vue"]) // it makes the API
  const found = Object.entries(FILES).filter(([key, text]) => key.endsWith(".vue") && !own.has(key) && asks.test(text))
  expect(found.map(([key]) => key)).toEqual([])
})
