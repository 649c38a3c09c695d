const FILES = import.meta.glob<Record<string, string>>(
  ["../**/{first,words}.*.json", "!../node_modules/**", "!../dist/**"],
  {
    eager: true,
    import: "default",
  },
)

/** Every pack of a language, by its place: "../tickets/words". */
export function packsOf(language: string): Record<string, Record<string, string>> {
  const own = Object.entries(FILES).filter(([path]) => path.endsWith(`.${language}.json`))
  return Object.fromEntries(own.map(([path, pack]) => [path.replace(`.${language}.json`, ""), pack]))
}

/** All texts of a language. */
export const textsOf = (language: string): Record<string, string> =>
  Object.assign({}, ...Object.values(packsOf(language)))
