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
  others: [
    { name: "closed_tickets", path: "/tickets/closed", load: () => import("./pages/ClosedPage.vue") },
    { name: "ticket", path: "/tickets/:number(\\d+)", load: () => import("./pages/TicketPage.vue") },
    { name: "ticket_details", path: "/tickets/:number(\\d+)/details", load: () => import("./pages/TicketPage.vue") },
  ],
})
