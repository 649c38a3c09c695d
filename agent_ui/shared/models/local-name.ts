import type { LocalNameView } from "@parley/client/contract"

/** A name in the reader's language, or as it is written for everyone. */
export function localName(it: { name: string; names: readonly LocalNameView[] }, locale: string): string {
  const base = locale.split("-")[0]
  const own = it.names.find(one => one.locale === locale) ?? it.names.find(one => one.locale === base)
  return own?.name ?? it.name
}
