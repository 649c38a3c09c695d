import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useRepliesWords),
  settings: {
    name: "replies",
    path: "/settings/replies",
    group: "replies",
    label: "replies.title",
    description: "replies.text",
    keywords: "replies.keywords",
    icon: "i-lucide-messages-square",
    load: () => import("./pages/RepliesPage.vue"),
  },
})
