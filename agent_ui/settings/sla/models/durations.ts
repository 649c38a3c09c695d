const UNITS: readonly [RegExp, number][] = [
  [/^(d|t|day|days|tag|tage|ي|يوم|أيام)\.?$/i, 1440],
  [/^(h|hr|hrs|hour|hours|std|stunde|stunden|س|ساعة|ساعات)\.?$/i, 60],
  [/^(m|min|mins|minute|minutes|minuten|د|دقيقة|دقائق)\.?$/i, 1],
]
const MAX_MINUTES = 5_270_400

/** Arabic digits as those the rest is computed with. */
const plainDigits = (text: string) => text.replace(/[٠-٩]/g, digit => String("٠١٢٣٤٥٦٧٨٩".indexOf(digit)))

/** Minutes as people write them: "4 h", "30 min", "2 d", "1 h 30", "1:30", "90". Null when it is none. */
export function minutesIn(text: string): number | null {
  const said = plainDigits(text).trim().replace(",", ".")
  const clock = /^(\d{1,4}):([0-5]\d)$/.exec(said)
  if (clock) return bounded(Number(clock[1]) * 60 + Number(clock[2]))
  const parts = [...said.matchAll(/(\d+(?:\.\d+)?)\s*([^\d\s.]*\.?)\s*/g)]
  if (parts.length === 0 || parts.map(it => it[0]).join("") !== said) return null
  let total = 0
  let before = 1
  for (const [, number = "", unit = ""] of parts) {
    // "1 h 30": what follows hours without a word is minutes.
    const each = unit === "" ? (before === 1440 ? 60 : 1) : UNITS.find(([pattern]) => pattern.test(unit))?.[1]
    if (each === undefined) return null
    total += Number(number) * each
    before = each
  }
  return bounded(Math.round(total))
}

const bounded = (minutes: number) => (minutes >= 1 && minutes <= MAX_MINUTES ? minutes : null)
