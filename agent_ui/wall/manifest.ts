import { defineArea } from "../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useWallWords),
  rail: {
    name: "wall",
    path: "/wall",
    label: "nav.wall",
    icon: "i-lucide-layout-dashboard",
    permission: "wall.watch",
    action: "go_reports",
    load: () => import("./pages/WallPage.vue"),
  },
})
