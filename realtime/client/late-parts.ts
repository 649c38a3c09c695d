import { fileURLToPath } from "node:url"
import type { Plugin } from "vite"

/** For both builds: parts that are fetched late go by a helper of ours, `late.ts`, which is told of scripts alone. */
export function lateParts(): Plugin {
  const helper = fileURLToPath(new URL("./late.ts", import.meta.url)) // a path with a space is %20 in a URL
  return {
    name: "late-parts",
    enforce: "pre",
    load: id =>
      id === "\0vite/preload-helper.js"
        ? `export { importHeld as __vitePreload } from ${JSON.stringify(helper)}`
        : undefined,
  }
}
