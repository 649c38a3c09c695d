import { defineArea } from "../../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useWorkspaceWords),
  settings: {
    name: "workspace",
    path: "/settings/workspace",
    group: "workspace",
    label: "workspace.title",
    description: "workspace.about",
    keywords: "workspace.keywords",
    icon: "i-lucide-building-2",
    permission: "settings.workspace",
    load: () => import("./pages/WorkspacePage.vue"),
  },
})
