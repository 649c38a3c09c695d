import { beforeEach, expect, test } from "vitest"
import { splitAddresses } from "../settings/shared/addresses"
import { dropLink, takeLink } from "../sign-in/components/one-time-link"
import { memoryStorage } from "./memory-storage"

const at = (path: string) => new URL(path, "https://help.example.com") as unknown as Location
let storage: Storage
let shown: string[]
const history = { replaceState: (_: unknown, __: string, url: string) => shown.push(url) } as unknown as History

beforeEach(() => {
  storage = memoryStorage()
  shown = []
})

test("a link's token leaves the address and stays in the tab until it is used", () => {
  const link = { kind: "join", token: "secret" }
  expect(takeLink(at("/inbox/join?token=secret"), history, storage)).toEqual(link)
  expect(shown).toEqual(["/inbox/join"])
  expect(takeLink(at("/inbox/"), history, storage)).toEqual(link)
  dropLink(storage)
  expect(takeLink(at("/inbox/"), history, storage)).toBeNull()
})

test("other addresses are no links", () => {
  for (const path of ["/inbox/join", "/inbox/c/1?token=x", "/inbox/joined?token=x", "/inbox/reset?token="])
    expect(takeLink(at(path), history, storage)).toBeNull()
  expect(shown).toEqual([])
})

test("addresses are read as people paste them", () => {
  expect(splitAddresses("Ana Duarte <ANA@example.com>, ben@example.com;\nchi@example.com ana@example.com")).toEqual([
    "ana@example.com",
    "ben@example.com",
    "chi@example.com",
  ])
  expect(splitAddresses(" ,; \n")).toEqual([])
})
