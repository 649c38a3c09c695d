import { createTranslator, type Pack, type Translator } from "@parley/client/i18n"
import { shallowRef, watchEffect } from "vue"
import { useWords } from "../context"
import { lazyModules } from "../lazy-modules"
import type { CountKey, Key, Values, Words } from "./translate"

type LoadPack = () => Promise<{ default: Record<string, string> }>

/** Words as everywhere, and those of one area's own pack. */
export interface PackWords<P extends Pack> extends Omit<Words, "t" | "count" | "choose"> {
  t(key: Key | (keyof P & string), values?: Values): string
  count(key: CountKey | Parameters<Translator<P>["count"]>[0], n: number, values?: Values): string
}

/** An area's own texts: English comes with its page, another language is fetched when it is spoken. */
export function createPack<P extends Pack>(en: P, packs: Record<string, LoadPack>): () => PackWords<P> {
  const texts = shallowRef<Translator<P>>(createTranslator("en", en))
  let wanted = "en"

  async function choose(code: string): Promise<void> {
    if (wanted === code) return
    wanted = code
    const load = packs[code]
    const pack = load ? (await lazyModules.fetch(load))?.default : en
    if (wanted === code && pack) texts.value = createTranslator(code, pack as P, en)
  }

  return () => {
    const words = useWords()
    watchEffect(() => void choose(words.code))
    const fill = (text: string, values: Values) =>
      text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
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
      t: (key, values) => (key in en ? texts.value.t(key as keyof P & string, values) : words.t(key as Key, values)),
      count: (key, n, values = {}) =>
        `${key}_other` in en
          ? fill(texts.value.count(key as Parameters<Translator<P>["count"]>[0], n), values)
          : words.count(key as CountKey, n, values),
    }
  }
}
