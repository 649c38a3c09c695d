import { readFileSync } from "node:fs"
import { defineConfig, type Plugin } from "vite"
import { floor } from "../realtime/client/floor"
import { lateParts } from "../realtime/client/late-parts"
import { inlineMeasures } from "./inline-measures"

/** A language pack may lag behind the English one: what it lacks is filled in here, so that no second pack is fetched. */
function filledPacks(): Plugin {
  const english = JSON.parse(readFileSync(new URL("./locales/en.json", import.meta.url), "utf8")) as Record<
    string,
    string
  >
  return {
    name: "filled-packs",
    enforce: "pre",
    transform(code, id) {
      if (!/\/locales\/\w+\.json$/.test(id)) return
      const pack = JSON.parse(code) as Record<string, string>
      const isPlural = (key: string) => /_(one|two|few|many)$/.test(key)
      const missing = Object.entries(english).filter(([key]) => !(key in pack) && !isPlural(key))
      return { code: JSON.stringify({ ...Object.fromEntries(missing), ...pack }), map: null }
    },
  }
}

/** The widget's late parts have no style sheets: nothing is to be listed for them. */
function withoutLists(): Plugin {
  return { name: "without-lists", renderChunk: code => code.replaceAll(/,\s*__VITE_PRELOAD__/g, "") }
}

export default defineConfig({
  base: "/widget/",
  plugins: [inlineMeasures(), filledPacks(), lateParts(), withoutLists(), floor()],
  oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" } },
  json: { namedExports: false, stringify: true },
  build: {
    target: "es2022",
    license: { fileName: "third-party.md" },
    cssTarget: ["chrome120", "safari17", "firefox121"],
    modulePreload: false,
    rollupOptions: { input: "frame.html" },
  },
})
