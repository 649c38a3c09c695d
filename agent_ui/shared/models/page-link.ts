/** A visitor's page as a link and as words. Only an address a browser may be sent to: nobody checked what was said. */
export function pageLink(said: string | null): { href: string; text: string } | null {
  const url = URL.parse(said ?? "")
  return url && /^https?:$/.test(url.protocol) ? { href: url.href, text: url.host + url.pathname } : null
}
