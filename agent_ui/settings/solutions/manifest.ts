import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useSolutionsWords),
  settings: {
    name: "solutions",
    path: "/settings/solutions",
    group: "tickets",
    label: "solutions.title",
    description: "solutions.text",
    keywords: "solutions.keywords",
    icon: "i-lucide-lightbulb",
    permission: "settings.workspace",
    load: () => import("./pages/SolutionSettingsPage.vue"),
  },
})
