/** Languages offered for an inbox's texts; the chat's own buttons speak the first three, and English otherwise. */
const OFFERED = [
  "en",
  "de",
  "ar",
  "bg",
  "ca",
  "cs",
  "da",
  "el",
  "es",
  "et",
  "fa",
  "fi",
  "fr",
  "he",
  "hi",
  "hr",
  "hu",
  "id",
  "it",
  "ja",
  "ko",
  "lt",
  "lv",
  "nb",
  "nl",
  "pl",
  "pt",
  "pt-BR",
  "ro",
  "ru",
  "sk",
  "sl",
  "sr",
  "sv",
  "th",
  "tr",
  "uk",
  "vi",
  "zh-CN",
  "zh-TW",
] as const

/** Every language that is offered or in use, by its name in the reader's language. */
export function languagesFor(locale: string, inUse: readonly string[]): { label: string; value: string }[] {
  const names = new Intl.DisplayNames([locale], { type: "language" })
  const all = [...new Set([...OFFERED, ...inUse])]
  return all
    .map(value => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, locale))
}
