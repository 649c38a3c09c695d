import { createTranslator, type Translator } from "@parley/client/i18n"
import { shallowRef, watchEffect } from "vue"
import { useWords } from "../shared/context"
import { lazyModules } from "../shared/lazy-modules"
import type { CountKey, Key, Values, Words } from "../shared/words/translate"
import en from "./more.en.json"

type Texts = Translator<typeof en>
export type MoreKey = Key | keyof typeof en
type MoreCountKey = CountKey | Parameters<Texts["count"]>[0]

/** Words as everywhere, and those of the pages that are fetched when somebody goes there. */
export interface MoreWords extends Omit<Words, "t" | "count" | "choose"> {
  t(key: MoreKey, values?: Values): string
  count(key: MoreCountKey, n: number): string
}

const PACKS: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  de: () => import("./more.de.json"),
  ar: () => import("./more.ar.json"),
}
const texts = shallowRef<Texts>(createTranslator("en", en))
let wanted = "en"

async function choose(code: string, locale: string): Promise<void> {
  if (wanted === code) return
  wanted = code
  const pack = (await (PACKS[code] && lazyModules.fetch(PACKS[code])))?.default ?? en
  if (wanted === code) texts.value = createTranslator(locale, pack as typeof en, en)
}

export function moreWords(words: Words): MoreWords {
  const isOurs = (key: string): key is keyof typeof en => key in en
  return {
    get code() {
      return words.code
    },
    get locale() {
      return words.locale
    },
    get dir() {
      return words.dir
    },
    t: (key, values) => (isOurs(key) ? texts.value.t(key, values) : words.t(key, values)),
    count: (key, n) =>
      isOurs(`${key}_other`)
        ? texts.value.count(key as Parameters<Texts["count"]>[0], n)
        : words.count(key as CountKey, n),
  }
}

export function useMoreWords(): MoreWords {
  const words = useWords()
  watchEffect(() => void choose(words.code, words.locale))
  return moreWords(words)
}
