/** The texts of one language. Plural forms are keys of their own: `minutes_one`, `minutes_few`, `minutes_other`. */
export type Pack = Record<string, string>

type Base<K extends string> = K extends `${infer B}_${Intl.LDMLPluralRule}` ? B : never

export interface Translator<P extends Pack> {
  locale: string
  dir: "ltr" | "rtl"
  t(key: keyof P & string, values?: Record<string, string | number>): string
  /** The plural form for `n`, and in any language `_zero` for none where there is one; `{n}` in the text is the number as the language writes it. */
  count(key: Base<keyof P & string>, n: number, kind?: Intl.PluralRuleType): string
}

const RIGHT_TO_LEFT = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"])

export function dirOf(locale: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(locale.split("-")[0]?.toLowerCase() ?? "") ? "rtl" : "ltr"
}

/** The first wanted language there is a pack for, by its whole tag or its first part. */
export function pickLocale(wanted: readonly string[], available: readonly string[], fallback: string): string {
  for (const tag of wanted) {
    const lower = tag.toLowerCase()
    const found = available.find(it => it.toLowerCase() === lower) ?? available.find(it => it === lower.split("-")[0])
    if (found) return found
  }
  return fallback
}

/** The reader's own ways with dates and numbers: the first of `wanted` that is this language in some country. */
export function regionOf(language: string, wanted: readonly string[]): string {
  return wanted.find(tag => tag.startsWith(`${language}-`) && isKnown(tag)) ?? language
}

function isKnown(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0
  } catch {
    return false
  }
}

/** Texts of `pack`; a key it lacks is taken from `fallback`, and said as itself when that lacks it too. */
export function createTranslator<P extends Pack>(locale: string, pack: P, fallback: Pack = {}): Translator<P> {
  const find = (key: string) => pack[key] ?? fallback[key]
  const fill = (text: string, values: Record<string, string | number>) =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  return {
    locale,
    dir: dirOf(locale),
    t: (key, values = {}) => fill(find(key) ?? key, values),
    count(key, n, type = "cardinal") {
      const none = n === 0 && pack[`${key}_zero`]
      const form = new Intl.PluralRules(locale, { type }).select(n)
      const text = (none || find(`${key}_${form}`)) ?? find(`${key}_other`) ?? key
      return fill(text, { n: new Intl.NumberFormat(locale).format(n) })
    },
  }
}
