import { readdirSync, readFileSync } from "node:fs"
import type { Plugin } from "vite"

/** Where the drawings lie that the first screen may need; all others come with the first part that is fetched later. */
export const FIRST_ICONS = ["{shared,shell,inbox,conversation}/**/*.{vue,ts}", "**/manifest.ts"]

interface Drawings {
  icons: Record<string, object>
  /** Earlier names of icons. */
  aliases: Record<string, { parent: string }>
}

const NAME = "virtual:late-icons"
const isSource = (path: string) => /\.(vue|ts)$/.test(path) && !/(^|\/)(node_modules|dist|test)\//.test(path)
const isFirst = (path: string) => /^(shared|shell|inbox|conversation)\//.test(path) || path.endsWith("manifest.ts")

/** The icons that only late pages show, as a module of their own. */
export function lateIcons(): Plugin {
  const root = new URL("./", import.meta.url)
  const icons = new URL("../node_modules/@iconify-json/lucide/icons.json", import.meta.url)
  const named = (paths: string[]) =>
    new Set(
      paths.flatMap(path =>
        [...readFileSync(new URL(path, root), "utf8").matchAll(/i-lucide-([a-z0-9-]+)/g)].map(
          ([, name]) => name as string,
        ),
      ),
    )
  return {
    name: "late-icons",
    resolveId: id => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return
      const sources = (readdirSync(root, { recursive: true }) as string[])
        .map(path => path.replaceAll("\\", "/"))
        .filter(isSource)
      const first = named(sources.filter(isFirst))
      const all = JSON.parse(readFileSync(icons, "utf8")) as Drawings
      const late = [...named(sources.filter(path => !isFirst(path)))].filter(name => !first.has(name))
      const draw = (name: string) => {
        const found = all.icons[all.aliases[name]?.parent ?? name]
        if (!found) throw new Error(`there is no icon ${name}`)
        return found
      }
      const set = {
        prefix: "lucide",
        width: 24,
        height: 24,
        icons: Object.fromEntries(late.sort().map(name => [name, draw(name)])),
      }
      return `import { addCollection } from "@iconify/vue"\naddCollection(${JSON.stringify(set)})`
    },
  }
}
