/** The few words of the bubble: a page pays for no language pack before anybody wants to chat. */
export interface ProactiveTexts {
  from: string
  answer: string
  dismiss: string
}

export const PROACTIVE_TEXTS: Record<string, ProactiveTexts> = {
  en: { from: "Message from {name}", answer: "Answer", dismiss: "Dismiss" },
  de: { from: "Nachricht von {name}", answer: "Antworten", dismiss: "Schließen" },
  ar: { from: "رسالة من {name}", answer: "ردّ", dismiss: "إغلاق" },
}

/** The first language there are words for. */
export function proactiveTexts(wanted: readonly string[]): { locale: string; texts: ProactiveTexts } {
  for (const it of wanted) {
    const locale = it.toLowerCase().split("-")[0] ?? ""
    const texts = PROACTIVE_TEXTS[locale]
    if (texts) return { locale, texts }
  }
  return { locale: "en", texts: PROACTIVE_TEXTS.en as ProactiveTexts }
}
