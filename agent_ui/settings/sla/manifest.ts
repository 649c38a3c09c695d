import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useSlaSettingsWords),
  settings: {
    name: "sla",
    path: "/settings/sla",
    group: "routing",
    label: "policies.title",
    description: "policies.text",
    keywords: "policies.keywords",
    icon: "i-lucide-alarm-clock",
    permission: "settings.sla",
    load: () => import("./pages/SlaPage.vue"),
  },
  others: [
    {
      name: "sla_edit",
      path: "/settings/sla/:id",
      permission: "settings.sla",
      load: () => import("./pages/SlaEditPage.vue"),
    },
  ],
})
