/** The languages offered for articles, besides those already in use. */
export const OFFERED_LANGUAGES = ["en", "de", "ar", "es", "fr", "it", "nl", "pl", "pt", "tr", "ja", "zh"]

/** A language's name in the reader's language, with its code where no browser knows a name. */
export function languageName(code: string, reader: string): string {
  try {
    return new Intl.DisplayNames([reader], { type: "language", fallback: "code" }).of(code) ?? code
  } catch {
    return code
  }
}
