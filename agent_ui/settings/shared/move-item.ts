/** The same ids with one of them at another place. */
export function moveItem(ids: readonly string[], id: string, to: number): string[] {
  const rest = ids.filter(it => it !== id)
  return [...rest.slice(0, to), id, ...rest.slice(to)]
}
