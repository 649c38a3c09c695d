/** One pack of all areas' packs. */
export const merged = (packs: Record<string, Record<string, string>>): Record<string, string> =>
  Object.assign({}, ...Object.values(packs))
