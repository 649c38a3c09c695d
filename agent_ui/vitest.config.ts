import { defineConfig } from "vitest/config"
import { lateIcons } from "./late-icons"

export default defineConfig({
  plugins: [lateIcons()],
  test: { include: ["test/**/*.test.ts"], environment: "node" },
})
