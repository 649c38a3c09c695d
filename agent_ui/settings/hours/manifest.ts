import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useHoursWords),
  settings: {
    name: "hours",
    path: "/settings/hours",
    group: "channels",
    label: "hours.title",
    description: "hours.text",
    keywords: "hours.keywords",
    icon: "i-lucide-clock",
    permission: "settings.hours",
    load: () => import("./pages/HoursPage.vue"),
  },
  others: [
    {
      name: "hours_edit",
      path: "/settings/hours/:id",
      permission: "settings.hours",
      load: () => import("./pages/HoursEditPage.vue"),
    },
  ],
})
