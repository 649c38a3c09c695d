import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useFormsWords),
  settings: {
    name: "forms",
    path: "/settings/forms",
    group: "tickets",
    label: "forms.title",
    description: "forms.text",
    keywords: "forms.keywords",
    icon: "i-lucide-ticket",
    permission: "settings.tickets",
    load: () => import("./pages/FormsPage.vue"),
  },
})
