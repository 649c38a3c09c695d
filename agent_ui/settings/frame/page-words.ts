import { type AreaWords, createPack } from "../../shared/words/pack"

/** Words of every page: the menu, its search and the palette call them by their titles. */
const modules = import.meta.glob<Record<string, AreaWords<never>>>("../*/words.ts", { eager: true })
const packs = Object.values(modules).flatMap(it => Object.values(it))
const use = createPack({}, {}, ...packs)

export function usePageWords() {
  const { t } = use()
  return { t: (key: string, values?: Record<string, string>) => t(key as never, values) }
}
