import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useProactiveWords),
  settings: {
    name: "proactive",
    path: "/settings/proactive",
    group: "channels",
    label: "proactive.title",
    description: "proactive.text",
    keywords: "proactive.keywords",
    icon: "i-lucide-message-circle-plus",
    permission: "settings.proactive",
    load: () => import("./pages/ProactivePage.vue"),
  },
})
