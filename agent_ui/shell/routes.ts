import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from "vue-router"
import InboxPage from "../inbox/pages/InboxPage.vue"
import { lazyModules } from "../shared/lazy-modules"
import type { Area, Page } from "../shared/manifest"
import type { Words } from "../shared/words/translate"
import { AREAS, SETTINGS_PAGES } from "./areas"

declare module "vue-router" {
  interface RouteMeta {
    /** What an agent must be allowed to do to come here. */
    permission?: string
  }
}

export const INBOX_ROUTES = ["inbox", "conversation", "details"] as const
/** Pages that a phone shows without the rail: there is the composer. */
export const THREAD_ROUTES: readonly unknown[] = ["conversation", "details", "ticket", "ticket_details"]

const isSetting = ({ path }: { path: string }) => path.startsWith("/settings/")

export function createRoutes(words: Words): Router {
  /** A route whose page is fetched first, with its words; it opens unless the agent has gone elsewhere by then. */
  function routesOf(area: Area): RouteRecordRaw[] {
    async function said() {
      const own = await area.words()
      await own.choose(words.code, words.locale)
    }
    const open = ({ name, path, permission, load }: Page): RouteRecordRaw => ({
      name,
      path,
      component: async () => {
        const [page] = await Promise.all([lazyModules.fetch(load), lazyModules.fetch(said)])
        return page
      },
      ...(permission ? { meta: { permission } } : {}),
    })
    return [area.rail, area.settings, ...(area.others ?? [])].filter(page => page !== undefined).map(open)
  }
  const pages = AREAS.flatMap(routesOf)
  return createRouter({
    history: createWebHistory("/inbox/"),
    routes: [
      { path: "/", name: "inbox", component: InboxPage },
      { path: "/c/:id", name: "conversation", component: InboxPage },
      { path: "/c/:id/details", name: "details", component: InboxPage },
      ...pages.filter(page => !isSetting(page)),
      {
        path: "/settings",
        component: () => lazyModules.fetch(() => import("../settings/frame/SettingsFrame.vue")),
        props: { pages: SETTINGS_PAGES },
        children: [
          { path: "", name: "settings", component: { render: () => null } },
          ...pages.filter(page => isSetting(page)),
        ],
      },
      { path: "/setup", redirect: { name: "setup" } },
      { path: "/:rest(.*)*", redirect: { name: "inbox" } },
    ],
  })
}
