import { createTranslator, type Pack, type Translator } from "@parley/client/i18n"
import { shallowRef, watchEffect } from "vue"
import { useWords } from "../context"
import { lazyModules } from "../lazy-modules"
import type { CountKey, Key, Values, Words } from "./translate"

type LoadPack = () => Promise<{ default: Record<string, string> }>
type Every<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never
type TextsOf<B> = B extends AreaWords<infer P> ? P : never

/** Words as everywhere, and those of one area. */
export interface PackWords<P> extends Omit<Words, "t" | "count" | "choose"> {
  t(key: Key | (keyof P & string), values?: Values): string
  count(key: CountKey | Parameters<Translator<P & Pack>["count"]>[0], n: number, values?: Values): string
}

/** The words of an area: called by a component, it gives them in the reader's language from then on. */
export interface AreaWords<P> {
  (): PackWords<P>
  /** The same outside of components, in the language of `words`. */
  of(words: Words): PackWords<P>
  /** Fetches the area's texts in this language. */
  choose(code: string, locale: string): Promise<unknown>
}

/**
 * The texts of an area: English comes with its pages, another language is fetched when it is spoken. `more` are areas whose words
 * are said here, too.
 */
export function createPack<P extends Pack, B extends readonly AreaWords<never>[]>(
  en: P,
  packs: Record<string, LoadPack>,
  ...more: B
): AreaWords<P & Every<TextsOf<B[number]>>> {
  const texts = shallowRef<Translator<P>>(createTranslator("en", en))
  let wanted = "en"

  async function chooseOwn(code: string, locale: string): Promise<void> {
    if (wanted === code) return
    wanted = code
    const load = packs[code]
    const pack = load ? (await lazyModules.fetch(load)).default : en
    if (wanted === code) texts.value = createTranslator(locale, pack as P, en)
  }
  const choose = (code: string, locale: string) =>
    Promise.all([chooseOwn(code, locale), ...more.map(it => it.choose(code, locale))])

  function of(words: Words): PackWords<P & Every<TextsOf<B[number]>>> {
    const others = more.reduce((inner, it) => it.of(inner) as Words, words)
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
      t: (key, values) => (key in en ? texts.value.t(key as keyof P & string, values) : others.t(key as Key, values)),
      count(key, n, values = {}) {
        if (!(`${key}_other` in en)) return others.count(key as CountKey, n, values)
        const text = texts.value.count(key as Parameters<Translator<P>["count"]>[0], n)
        return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
      },
    }
  }

  function use() {
    const words = useWords()
    watchEffect(() => void choose(words.code, words.locale))
    return of(words)
  }
  return Object.assign(use, { of, choose }) as AreaWords<P & Every<TextsOf<B[number]>>>
}
