import type { Plugin } from "vite"

/** For both builds: parts that are fetched late go by a helper of ours, `late.ts`, which is told of scripts alone. */
export function lateParts(): Plugin {
  const helper = new URL("./late.ts", import.meta.url).pathname
  return {
    name: "late-parts",
    enforce: "pre",
    load: id =>
      id === "\0vite/preload-helper.js"
        ? `export { importHeld as __vitePreload } from ${JSON.stringify(helper)}`
        : undefined,
  }
}
