/** Addresses as people paste them: separated by commas, semicolons, spaces or lines, also as "Name <address>". */
export function splitAddresses(text: string): string[] {
  const bare = text.replace(/[^,;\n<>]*<([^<>]*)>/g, " $1 ")
  return [
    ...new Set(
      bare
        .split(/[\s,;]+/)
        .map(it => it.toLowerCase())
        .filter(Boolean),
    ),
  ]
}
