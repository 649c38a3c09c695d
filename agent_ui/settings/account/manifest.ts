import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useAccountWords),
  settings: {
    name: "account",
    path: "/settings/account",
    group: "you",
    label: "account.title",
    description: "account.about",
    keywords: "account.keywords",
    icon: "i-lucide-circle-user",
    load: () => import("./pages/AccountPage.vue"),
  },
})
