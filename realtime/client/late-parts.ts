import type { Plugin } from "vite"

/** For both builds: parts that are fetched late go by a helper of ours, `late.ts`, which is told of scripts alone. */
export function lateParts(): Plugin {
  // A path with a space is %20 in a URL; node:url has no types here.
  const helper = decodeURIComponent(new URL("./late.ts", import.meta.url).pathname)
  return {
    name: "late-parts",
    enforce: "pre",
    load: id =>
      id === "\0vite/preload-helper.js"
        ? `export { importHeld as __vitePreload } from ${JSON.stringify(helper)}`
        : undefined,
  }
}
