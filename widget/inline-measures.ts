import { readFileSync } from "node:fs"
import type { Plugin } from "vite"

/** Sizes, radii and colours of one place stand in the sheets themselves: a name for each costs bytes. */
export function inlineMeasures(): Plugin {
  const { sizes, radii, widget } = JSON.parse(readFileSync(new URL("../tokens.json", import.meta.url), "utf8")) as {
    sizes: Record<string, number>
    radii: Record<string, number>
    widget: Record<string, [light: string, dark: string]>
  }
  const values = new Map([
    ...Object.entries(sizes).map(([name, px]) => [`text-${name}`, `${px}px`] as const),
    ...Object.entries(radii).map(([name, px]) => [`radius-${name}`, `${px}px`] as const),
    ...Object.entries(widget).map(
      ([name, [light, dark]]) => [name, light === dark ? light : `light-dark(${light}, ${dark})`] as const,
    ),
  ])
  return {
    name: "inline-measures",
    enforce: "pre",
    transform(code, id) {
      if (!/\.css(\?|$)/.test(id)) return
      return {
        code: code.replaceAll(/var\(--([\w-]+)\)/g, (whole, name: string) => values.get(name) ?? whole),
        map: null,
      }
    },
  }
}
