import { defineConfig } from "vite"

/** The host page's script: one classic file, no imports. */
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2022",
    cssTarget: ["chrome120", "safari17", "firefox121"],
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: {
      input: "embed/embed.ts",
      output: { format: "iife", entryFileNames: "embed.js" },
    },
  },
})
