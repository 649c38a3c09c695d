import { createRouter, createWebHistory, type Router } from "vue-router"
import InboxPage from "../inbox/InboxPage.vue"
import { parts } from "./parts"

declare module "vue-router" {
  interface RouteMeta {
    /** What an agent must be allowed to do to come here. */
    permission?: string
  }
}

export const INBOX_ROUTES = ["inbox", "conversation", "details"] as const

/** Gone to as soon as it is there, unless somebody has gone elsewhere by then. */
const page =
  <P>(load: () => Promise<P>) =>
  () =>
    parts.fetch(load)

export function createRoutes(): Router {
  return createRouter({
    history: createWebHistory("/inbox/"),
    routes: [
      { path: "/", name: "inbox", component: InboxPage },
      { path: "/c/:id", name: "conversation", component: InboxPage },
      { path: "/c/:id/details", name: "details", component: InboxPage },
      { path: "/tickets", name: "tickets", component: page(() => import("../tickets/TicketsPage.vue")) },
      {
        path: "/wall",
        name: "wall",
        component: page(() => import("../wall/WallPage.vue")),
        meta: { permission: "wall.watch" },
      },
      { path: "/knowledge", name: "knowledge", component: page(() => import("../knowledge/KnowledgePage.vue")) },
      { path: "/settings", name: "settings", redirect: { name: "replies" } },
      { path: "/settings/replies", name: "replies", component: page(() => import("../settings/RepliesPage.vue")) },
      {
        path: "/visitors",
        name: "visitors",
        component: page(() => import("../visitors/VisitorsPage.vue")),
        meta: { permission: "visitor.view" },
      },
      {
        path: "/settings/proactive",
        name: "proactive",
        component: page(() => import("../settings/ProactivePage.vue")),
        meta: { permission: "proactive.manage" },
      },
      {
        path: "/settings/routing",
        name: "routing",
        component: page(() => import("../settings/RoutingPage.vue")),
        meta: { permission: "routing.manage" },
      },
      {
        path: "/settings/people",
        name: "people",
        component: page(() => import("../settings/PeoplePage.vue")),
        meta: { permission: "people.manage" },
      },
      { path: "/:rest(.*)*", redirect: { name: "inbox" } },
    ],
  })
}
