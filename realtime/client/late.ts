/**
 * Whether something fetched late can be had only by loading the page again: it is no longer there, because a newer program has
 * taken its place, or the browser holds it and yet does not import it.
 */
export const late = { isGone: false }

/**
 * Takes the place of the build's own helper around every `import()`.
 *
 * A browser that could not fetch a module never asks for it again under that name. So the files are fetched first, which may
 * fail and be done again, and imported once the browser holds them. The module's own name is read from its `import()` as the
 * build has written it; `needed` names what that imports in turn. All of them lie beside this one.
 */
export async function importHeld<M>(load: () => Promise<M>, needed: readonly string[] = []): Promise<M> {
  await Promise.all([`${load}`, ...needed].map(hold))
  try {
    return await load()
  } catch (problem) {
    late.isGone = true
    throw problem
  }
}

async function hold(text: string): Promise<void> {
  const response = await fetch(new URL(`${/[\w.-]+\.js/.exec(text)}`, import.meta.url))
  late.isGone ||= response.status === 404
  if (!response.ok) throw response
  await response.text()
}
