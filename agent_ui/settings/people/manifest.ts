import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.usePeopleWords),
  settings: {
    name: "people",
    path: "/settings/people",
    group: "people",
    label: "people.title",
    description: "people.text",
    keywords: "people.keywords",
    icon: "i-lucide-users",
    permission: "settings.people",
    load: () => import("./pages/PeoplePage.vue"),
  },
})
