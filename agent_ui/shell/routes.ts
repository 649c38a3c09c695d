import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from "vue-router"
import InboxPage from "../inbox/pages/InboxPage.vue"
import { lazyModules } from "../shared/lazy-modules"
import { RAIL_PAGES, SETTINGS_PAGES, SUB_PAGES, type SubPage } from "./pages"

declare module "vue-router" {
  interface RouteMeta {
    /** What an agent must be allowed to do to come here. */
    permission?: string
  }
}

export const INBOX_ROUTES = ["inbox", "conversation", "details"] as const

/** A route whose page is fetched first; it opens unless the agent has gone elsewhere by then. */
function routeOf({ name, path, permission, load }: SubPage): RouteRecordRaw {
  return { name, path, component: () => lazyModules.fetch(load), ...(permission ? { meta: { permission } } : {}) }
}

const isSetting = ({ path }: SubPage) => path.startsWith("/settings/")

export function createRoutes(): Router {
  return createRouter({
    history: createWebHistory("/inbox/"),
    routes: [
      { path: "/", name: "inbox", component: InboxPage },
      { path: "/c/:id", name: "conversation", component: InboxPage },
      { path: "/c/:id/details", name: "details", component: InboxPage },
      ...RAIL_PAGES.map(routeOf),
      ...SUB_PAGES.filter(page => !isSetting(page)).map(routeOf),
      {
        path: "/settings",
        component: () => lazyModules.fetch(() => import("../settings/frame/SettingsFrame.vue")),
        children: [
          { path: "", name: "settings", component: { render: () => null } },
          ...[...SETTINGS_PAGES, ...SUB_PAGES.filter(isSetting)].map(routeOf),
        ],
      },
      { path: "/setup", redirect: { name: "setup" } },
      { path: "/:rest(.*)*", redirect: { name: "inbox" } },
    ],
  })
}
