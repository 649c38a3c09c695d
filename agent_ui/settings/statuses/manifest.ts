import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useStatusesWords),
  settings: {
    name: "statuses",
    path: "/settings/statuses",
    group: "tickets",
    label: "statuses.title",
    description: "statuses.text",
    keywords: "statuses.keywords",
    icon: "i-lucide-circle-dot",
    permission: "settings.tickets",
    load: () => import("./pages/StatusesPage.vue"),
  },
})
