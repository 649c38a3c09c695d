import { createTranslator, type Pack, pickLocale, regionOf, type Translator } from "@parley/client/i18n"
import { createFormats, type Formats } from "./formats"
import type en from "./locales/en.json"

/** Every text of the widget in one language, and its ways with dates. */
export type Texts = Translator<typeof en> & Formats

const packs = import.meta.glob<{ default: Pack }>("./*.json", { base: "./locales" })
const LOCALES = Object.keys(packs).map(nameOf)

/** The best language there is for the wanted ones. Only its pack is fetched; what it lacks was filled in English when built. */
export async function loadTexts(wanted: readonly string[]): Promise<Texts> {
  const name = pickLocale(wanted, LOCALES, "en")
  const load = packs[`./${name}.json`]
  const pack = load ? (await load()).default : {}
  const locale = regionOf(name, wanted)
  return { ...createTranslator(locale, pack as typeof en), ...createFormats(locale, Date.now) }
}

function nameOf(path: string): string {
  return path.slice(2, -5)
}
