import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useEmailWords),
  settings: {
    name: "email",
    path: "/settings/email",
    group: "channels",
    label: "mail.title",
    description: "mail.text",
    keywords: "mail.keywords",
    icon: "i-lucide-mail",
    permission: "settings.mail",
    load: () => import("./pages/EmailPage.vue"),
  },
})
