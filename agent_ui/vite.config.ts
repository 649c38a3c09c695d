import { readFileSync } from "node:fs"
import ui from "@nuxt/ui/vite"
import vue from "@vitejs/plugin-vue"
import { defineConfig, type Plugin } from "vite"
import { floor } from "../realtime/client/floor"
import { lateParts } from "../realtime/client/late-parts"
import { FIRST_ICONS, lateIcons } from "./late-icons"

/** Where `npm run dev` finds the server. */
const SERVER = "http://127.0.0.1:8000"

/** The library's icons for components that the inbox does without: none of them is shipped. */
const UNUSED_ICONS = [
  ..."chevronDoubleLeft chevronDoubleRight copy copyCheck dark light system drag eyeOff".split(" "),
  ..."folder folderOpen hash menu panelClose panelOpen stop star tip upload".split(" "),
]

/** The page of the HTTP API at /inbox/api/ stands on files of our own; the inbox never fetches them. */
function apiPage(): Plugin {
  const from = new URL("../node_modules/swagger-ui-dist/", import.meta.url)
  return {
    name: "api-page",
    apply: "build",
    generateBundle() {
      for (const name of ["swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css"])
        this.emitFile({ type: "asset", fileName: `api/${name}`, source: readFileSync(new URL(name, from)) })
    },
  }
}

export default defineConfig({
  base: "/inbox/",
  plugins: [
    vue(),
    lateParts(),
    lateIcons(),
    floor(),
    apiPage(),
    ui({
      router: false,
      colorMode: false,
      autoImport: false,
      components: false,
      experimental: { componentDetection: true },
      icon: {
        clientBundle: { scan: { globInclude: FIRST_ICONS, globExclude: ["node_modules", "dist", "test"] } },
      },
      ui: {
        colors: { primary: "indigo", neutral: "zinc" },
        icons: Object.fromEntries(UNUSED_ICONS.map(name => [name, "i-lucide-x"])),
        button: {
          slots: { base: "cursor-pointer" },
          // The library's 75 % leaves too little contrast under the pointer.
          compoundVariants: [{ color: "primary", variant: "solid", class: "hover:bg-primary/90 active:bg-primary/90" }],
        },
        // An error may repeat what was typed.
        formField: { slots: { error: "wrap-anywhere" } },
        // Which view is shown is no next action: the primary colour is kept for those.
        tabs: {
          compoundVariants: [
            {
              color: "primary",
              variant: "pill",
              class: {
                indicator: "bg-default shadow-xs ring ring-default",
                trigger: "data-[state=active]:text-highlighted",
              },
            },
          ],
        },
      },
    }),
  ],
  build: {
    target: "es2022",
    license: { fileName: "third-party.md" },
    chunkSizeWarningLimit: 700,
    cssCodeSplit: false, // late parts then have no style sheets to fetch
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What the first screen needs is one file, and what later pages share of the library another: not a hundred small ones.
        codeSplitting: {
          groups: [
            { name: "first", tags: ["$initial"], priority: 2 },
            // Settings say each other's titles, and late parts come together: a language of them is one file.
            {
              name: id => `settings.${/(\w+)\.json$/.exec(id)?.[1] ?? "en"}`,
              test: /\/settings\/\w+\/words\.(\w+\.json|ts)$/,
            },
            {
              name: id => `areas.${/(\w+)\.json$/.exec(id)?.[1] ?? "en"}`,
              test: /\/words\.(\w+\.json|ts)$/,
            },
            { name: "pages", test: /\/agent_ui\/shared\//, minShareCount: 2 },
            { name: "shared", test: /node_modules/, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/api": SERVER,
      "/socket.io": { target: SERVER, ws: true },
    },
  },
})
