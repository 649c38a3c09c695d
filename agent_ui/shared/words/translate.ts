import { createTranslator, regionOf, type Translator } from "@parley/client/i18n"
import { type ShallowRef, shallowRef } from "vue"
import type conversation from "../../conversation/first.en.json"
import type inbox from "../../inbox/first.en.json"
import type knowledge from "../../knowledge/first.en.json"
import type shell from "../../shell/first.en.json"
import type tickets from "../../tickets/first.en.json"
import type visitors from "../../visitors/first.en.json"
import type wall from "../../wall/first.en.json"
import type shared from "../first.en.json"
import { merged } from "./merged"

type First = typeof shared &
  typeof shell &
  typeof inbox &
  typeof conversation &
  typeof tickets &
  typeof visitors &
  typeof wall &
  typeof knowledge
type Texts = Translator<First>
export type Key = keyof First
/** Keys whose text depends on a count: written once for each plural form of the language. */
export type CountKey = Parameters<Texts["count"]>[0]
export type Values = Record<string, string | number>

export interface Language {
  code: string
  name: string
  load: () => Promise<Record<string, string>>
}

/** What is said before an area's own pages are there: each area's part of it is its `first.<language>.json`. */
const en = merged(import.meta.glob("../../*/first.en.json", { eager: true, import: "default" })) as First

export const LANGUAGES: readonly Language[] = [
  { code: "en", name: "English", load: async () => en },
  { code: "de", name: "Deutsch", load: async () => (await import("./first.de")).default },
  { code: "ar", name: "العربية", load: async () => (await import("./first.ar")).default },
]

export interface Words {
  /** The language's code, as in `LANGUAGES`. */
  readonly code: string
  /** The language as the browser's owner writes it ("en-GB"), for `Intl`. Reading it, or any text, in a template follows the language. */
  readonly locale: string
  readonly dir: "ltr" | "rtl"
  t(key: Key, values?: Values): string
  /** The text for `n`, in the plural form the language asks for. */
  count(key: CountKey, n: number, values?: Values): string
  /** Fetches the one pack that is needed. */
  choose(code: string): Promise<void>
}

/** Text in the reader's language, in English where a translation is missing. */
export function createWords(browserLocales: readonly string[] = []): Words {
  const tagOf = (code: string) => regionOf(code, browserLocales)
  const texts: ShallowRef<Texts> = shallowRef(createTranslator(tagOf("en"), en))
  const shown = shallowRef("en")
  let wanted = "en"
  return {
    get code() {
      return shown.value
    },
    get locale() {
      return texts.value.locale
    },
    get dir() {
      return texts.value.dir
    },
    t: (key, values) => texts.value.t(key, values),
    count: (key, n, values = {}) =>
      texts.value.count(key, n).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
    async choose(code) {
      const language = LANGUAGES.find(it => it.code === code)
      if (!language) return
      wanted = code
      const pack = await language.load()
      if (wanted !== code) return
      shown.value = code
      texts.value = createTranslator(tagOf(code), pack as First, en)
    },
  }
}
