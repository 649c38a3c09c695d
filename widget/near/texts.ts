/** The few words of the bubble: a page pays for no language pack before anybody wants to chat. */
export interface NearTexts {
  from: string
  answer: string
  dismiss: string
}

export const NEAR_TEXTS: Record<string, NearTexts> = {
  en: { from: "Message from {name}", answer: "Answer", dismiss: "Dismiss" },
  de: { from: "Nachricht von {name}", answer: "Antworten", dismiss: "Schließen" },
  ar: { from: "رسالة من {name}", answer: "ردّ", dismiss: "إغلاق" },
}

/** The first language there are words for. */
export function nearTexts(wanted: readonly string[]): { locale: string; texts: NearTexts } {
  for (const it of wanted) {
    const locale = it.toLowerCase().split("-")[0] ?? ""
    const texts = NEAR_TEXTS[locale]
    if (texts) return { locale, texts }
  }
  return { locale: "en", texts: NEAR_TEXTS.en as NearTexts }
}
