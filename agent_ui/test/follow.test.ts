import type { ConfigArea } from "@parley/client/contract"
import { createListeners } from "@parley/client/listeners"
import { expect, test } from "vitest"
import { follow } from "../settings/shared/follow"
import type { AgentApp } from "../shared/models/agent-app"
import { SETTINGS_PAGES } from "../shell/areas"

/** Areas of settings whose change by another admin each page shows at once, by the folder it is in. */
const FOLLOWED: Record<string, ConfigArea[]> = {
  workspace: ["workspace"],
  inboxes: ["inboxes", "hours"],
  people: ["people", "inboxes", "routing"],
  hours: ["hours"],
  routing: ["routing"],
  sla: ["sla"],
  email: ["mail"],
  proactive: ["proactive"],
  solutions: ["workspace"],
  statuses: ["tickets"],
  forms: ["tickets"],
}
/** Pages that follow by other means (setup: every area; replies: `desk.changed`), or show what no one else changes. */
const OTHERWISE: Record<string, RegExp> = {
  setup: /event\.type === "config\.changed"\) void setup\.refresh/,
  replies: /toolbox/,
  account: /useAccountModel/,
}

const FILES = import.meta.glob<string>("../settings/*/**/*.{vue,ts}", { query: "?raw", import: "default", eager: true })
const folderOf = (path: string) => path.split("/")[2] ?? ""
const folders = [...new Set(Object.keys(FILES).map(folderOf))].filter(it => it !== "shared" && it !== "frame")

function sourceOf(folder: string): string {
  return Object.entries(FILES)
    .filter(([path]) => folderOf(path) === folder)
    .map(([, source]) => source)
    .join("\n")
}

test.each(folders)("%s follows what other admins change", folder => {
  const source = sourceOf(folder)
  const otherwise = OTHERWISE[folder]
  if (otherwise) {
    expect(otherwise.test(source)).toBe(true)
    return
  }
  const lists = [...source.matchAll(/useFollow\(\[([^\]]+)\]/g)].flatMap(([, list]) => list?.match(/\w+/g) ?? [])
  const forms = [...source.matchAll(/area: "(\w+)"/g)].map(([, area]) => area)
  expect(new Set([...lists, ...forms])).toEqual(new Set(FOLLOWED[folder] ?? ["a line of FOLLOWED"]))
})

test("there is a folder for each page of the settings", () => {
  expect(folders.length).toBeGreaterThanOrEqual(10)
  expect(SETTINGS_PAGES.length).toBeGreaterThanOrEqual(folders.length)
})

test("a page loads again for its areas and when the connection comes back, until it is left", () => {
  const config = createListeners<[ConfigArea]>()
  const connected = createListeners<[]>()
  const app = { onConfig: config.add, connection: { onConnected: connected.add } } as unknown as AgentApp
  let loads = 0
  const stop = follow(app, ["routing", "people"], () => {
    loads += 1
  })
  for (const area of ["routing", "hours", "people"] as const) config.tell(area)
  expect(loads).toBe(2)
  connected.tell()
  expect(loads).toBe(3)
  stop()
  config.tell("routing")
  connected.tell()
  expect(loads).toBe(3)
})
