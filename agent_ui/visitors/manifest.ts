import { defineArea } from "../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useVisitorsWords),
  rail: {
    name: "visitors",
    path: "/visitors",
    label: "nav.visitors",
    icon: "i-lucide-footprints",
    permission: "visitor.view",
    action: "go_visitors",
    load: () => import("./pages/VisitorsPage.vue"),
  },
})
