import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useSetupWords),
  settings: {
    name: "setup",
    path: "/settings/setup",
    group: "workspace",
    label: "setup.title",
    description: "setup.about",
    keywords: "setup.keywords",
    icon: "i-lucide-list-checks",
    permission: "settings.workspace",
    load: () => import("./pages/SetupPage.vue"),
  },
})
