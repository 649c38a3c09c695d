import { createRouter, createWebHistory, type Router } from "vue-router"
import InboxPage from "../inbox/InboxPage.vue"

declare module "vue-router" {
  interface RouteMeta {
    /** What an agent must be allowed to do to come here. */
    permission?: string
  }
}

export const INBOX_ROUTES = ["inbox", "conversation", "details"] as const

export function createRoutes(): Router {
  return createRouter({
    history: createWebHistory("/inbox/"),
    routes: [
      { path: "/", name: "inbox", component: InboxPage },
      { path: "/c/:id", name: "conversation", component: InboxPage },
      { path: "/c/:id/details", name: "details", component: InboxPage },
      { path: "/tickets", name: "tickets", component: () => import("../tickets/TicketsPage.vue") },
      {
        path: "/wall",
        name: "wall",
        component: () => import("../wall/WallPage.vue"),
        meta: { permission: "wall.watch" },
      },
      { path: "/knowledge", name: "knowledge", component: () => import("../knowledge/KnowledgePage.vue") },
      { path: "/settings", name: "settings", redirect: { name: "replies" } },
      { path: "/settings/replies", name: "replies", component: () => import("../settings/RepliesPage.vue") },
      {
        path: "/visitors",
        name: "visitors",
        component: () => import("../visitors/VisitorsPage.vue"),
        meta: { permission: "visitor.view" },
      },
      {
        path: "/settings/proactive",
        name: "proactive",
        component: () => import("../settings/ProactivePage.vue"),
        meta: { permission: "proactive.manage" },
      },
      {
        path: "/settings/routing",
        name: "routing",
        component: () => import("../settings/RoutingPage.vue"),
        meta: { permission: "routing.manage" },
      },
      {
        path: "/settings/people",
        name: "people",
        component: () => import("../settings/PeoplePage.vue"),
        meta: { permission: "people.manage" },
      },
      { path: "/:rest(.*)*", redirect: { name: "inbox" } },
    ],
  })
}
