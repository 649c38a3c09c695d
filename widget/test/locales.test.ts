import type { Pack } from "@parley/client/i18n"
import { expect, test } from "vitest"

const files = import.meta.glob<Pack>("../locales/*.json", { eager: true, import: "default" })
const packs = Object.fromEntries(
  Object.entries(files).map(([path, pack]) => [path.replace(/^.*\/|\.json$/g, ""), pack]),
)

const PLURAL = /_(zero|one|two|few|many)$/
const slots = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(it => it[0]).sort()

for (const [locale, pack] of Object.entries(packs)) {
  test(`${locale} says everything the English pack says, and nothing else`, () => {
    const plain = (it: Record<string, string>) => Object.keys(it).filter(key => !PLURAL.test(key))
    expect(plain(pack).sort()).toEqual(plain(packs.en ?? {}).sort())
  })

  test(`${locale} leaves room for the same values`, () => {
    for (const [key, text] of Object.entries(packs.en ?? {})) {
      if (!PLURAL.test(key)) expect(slots(pack[key] ?? ""), key).toEqual(slots(text))
    }
  })
}

test("every plural form a language needs is there, or falls to `other`", () => {
  for (const [locale, pack] of Object.entries(packs)) {
    for (const key of Object.keys(pack).filter(it => it.endsWith("_one"))) {
      expect(pack[key.replace("_one", "_other")], `${locale} ${key}`).toBeTruthy()
    }
  }
})
