import { defineConfig } from "vite"

/** What each mode builds: classic files without imports, for the host page. */
const FILES: Record<string, { input: string; file: string }> = {
  production: { input: "embed/embed.ts", file: "embed.js" },
  "embed-near": { input: "embed/embed-proactive.ts", file: "embed-near.js" },
  near: { input: "proactive/host.ts", file: "near.js" },
}

export default defineConfig(({ mode }) => {
  const { input, file } = FILES[mode] as { input: string; file: string }
  return {
    publicDir: false,
    build: {
      target: "es2022",
      cssTarget: ["chrome120", "safari17", "firefox121"],
      emptyOutDir: false,
      modulePreload: false,
      rollupOptions: { input, output: { format: "iife", entryFileNames: file } },
    },
  }
})
