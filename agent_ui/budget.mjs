import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

// What a browser fetches before the inbox can be used: everything index.html names, and what those files import
// statically, plus the chunks the inbox route itself loads at once.
const LIMITS = { js: 200_000, css: 28_000 }
const FIRST_ROUTE = /^InboxPage-/
const DIST = join(import.meta.dirname, "dist")
const ASSETS = join(DIST, "assets")

function reachable(names) {
  const seen = new Set()
  const queue = [...names]
  while (queue.length > 0) {
    const name = queue.pop()
    if (seen.has(name)) continue
    seen.add(name)
    if (!name.endsWith(".js")) continue
    const source = readFileSync(join(ASSETS, name), "utf8")
    for (const [, found] of source.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) queue.push(found)
  }
  return seen
}

const html = readFileSync(join(DIST, "index.html"), "utf8")
if (/<script(?![^>]*\bsrc=)/.test(html)) {
  process.stderr.write("index.html holds an inline script, which the content security policy refuses\n")
  process.exit(1)
}
const named = [...html.matchAll(/\/inbox\/assets\/([^"']+)/g)].map(([, name]) => name)
const route = readdirSync(ASSETS).filter(name => FIRST_ROUTE.test(name))
const totals = { js: 0, css: 0 }
for (const name of reachable([...named, ...route])) {
  const size = gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length
  totals[name.endsWith(".css") ? "css" : "js"] += size
}

let isOver = false
for (const [kind, limit] of Object.entries(LIMITS)) {
  process.stdout.write(`agent_ui first load ${kind}: ${totals[kind]} bytes gz of ${limit}\n`)
  if (totals[kind] > limit) isOver = true
}
process.exit(isOver ? 1 : 0)
