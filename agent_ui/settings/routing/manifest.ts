import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useRoutingWords),
  settings: {
    name: "routing",
    path: "/settings/routing",
    group: "routing",
    label: "rules.title",
    description: "rules.text",
    keywords: "rules.keywords",
    icon: "i-lucide-waypoints",
    permission: "settings.routing",
    load: () => import("./pages/RoutingPage.vue"),
  },
})
