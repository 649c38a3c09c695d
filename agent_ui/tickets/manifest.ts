import { defineArea } from "../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useTicketsWords),
  rail: {
    name: "tickets",
    path: "/tickets",
    label: "nav.tickets",
    icon: "i-lucide-ticket",
    action: "go_tickets",
    load: () => import("./pages/TicketsPage.vue"),
  },
})
