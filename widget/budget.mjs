// Measures what the browser downloads and exits 1 when a budget of the design is exceeded. Run after `npm run build`.
import { readdirSync, readFileSync } from "node:fs"
import { brotliCompressSync, gzipSync } from "node:zlib"

const DIST = new URL("./dist/", import.meta.url)
const files = readdirSync(new URL("assets/", DIST)).map(name => `assets/${name}`)
const read = name => readFileSync(new URL(name, DIST))
const gz = name => gzipSync(read(name), { level: 9 }).length
const sum = names => names.reduce((total, name) => total + gz(name), 0)
const named = prefix => files.filter(name => name.startsWith(`assets/${prefix}-`))

const locales = readdirSync(new URL("./locales/", import.meta.url)).map(name => name.replace(".json", ""))
const first = read("frame.html")
  .toString()
  .matchAll(/assets\/[^"]+/g)
const opening = [...first].map(([name]) => name)

const budgets = [
  { what: "host page, brotli", bytes: brotliCompressSync(read("embed.js")).length, most: 1_500 },
  { what: "opening, gzip", bytes: sum(opening), most: 18_000 },
  { what: "a whole conversation, gzip", bytes: sum([...opening, ...named("live-session")]), most: 29_000 },
  // Only for an inbox that shows its visitors: fetched when the page is idle.
  { what: "showing visitors, gzip", bytes: gz("near.js") + gz("near.html") + sum(named("near")), most: 5_000 },
  { what: "its loader, brotli", bytes: brotliCompressSync(read("embed-near.js")).length, most: 1_700 },
  ...locales.map(locale => ({ what: `language ${locale}, gzip`, bytes: sum(named(locale)), most: 2_100 })),
]

for (const { what, bytes, most } of budgets) {
  process.stdout.write(`${bytes > most ? "OVER" : "ok  "}  ${what.padEnd(28)} ${bytes} of ${most}\n`)
}
process.exitCode = budgets.some(({ bytes, most }) => bytes > most) ? 1 : 0
