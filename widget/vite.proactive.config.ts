import { defineConfig } from "vite"
import { inlineMeasures } from "./inline-measures"

/** The small frame of inboxes that show their visitors, built by itself so that it shares nothing with the panel. */
export default defineConfig({
  base: "/widget/",
  publicDir: false,
  plugins: [inlineMeasures()],
  build: {
    target: "es2022",
    cssTarget: ["chrome120", "safari17", "firefox121"],
    emptyOutDir: false,
    modulePreload: false,
    rollupOptions: { input: "near.html" },
  },
})
