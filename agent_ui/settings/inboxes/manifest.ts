import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useInboxesWords),
  settings: {
    name: "inboxes",
    path: "/settings/inboxes",
    group: "channels",
    label: "inboxes.title",
    description: "inboxes.text",
    keywords: "inboxes.keywords",
    icon: "i-lucide-inbox",
    permission: "settings.inboxes",
    load: () => import("./pages/InboxesPage.vue"),
  },
  others: [
    {
      name: "inbox_settings",
      path: "/settings/inboxes/:id",
      permission: "settings.inboxes",
      load: () => import("./pages/InboxSettingsPage.vue"),
    },
  ],
})
