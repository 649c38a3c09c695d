const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOPiOS\/|\bOpera\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
]
const SYSTEMS: readonly [RegExp, string][] = [
  [/\biPhone\b|\biPod\b/, "iOS"],
  [/\biPad\b/, "iPadOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
]

/** "Firefox, Windows", as far as a browser's own word tells; empty where it tells nothing. */
export function browserName(said: string | null): string {
  const find = (names: readonly [RegExp, string][]) => names.find(([sign]) => sign.test(said ?? ""))?.[1]
  return [find(BROWSERS), find(SYSTEMS)].filter(Boolean).join(", ")
}

/** The time where the contact is; null where their browser named no zone this one knows. */
export function localTime(timezone: string | null, now: number, locale: string): string | null {
  if (!timezone) return null
  try {
    return new Intl.DateTimeFormat(locale, {
      timeZone: timezone,
      hour: "numeric",
      minute: "2-digit",
      weekday: "short",
    }).format(now)
  } catch {
    return null
  }
}
