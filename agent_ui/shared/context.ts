import { type InjectionKey, inject, provide } from "vue"
import type { RouteLocationRaw } from "vue-router"
import type { AgentApp } from "./models/agent-app"
import type { Session } from "./models/session"
import type { Words } from "./words/translate"

const WORDS: InjectionKey<Words> = Symbol("words")
const SESSION: InjectionKey<Session> = Symbol("session")
/** The way back from a page to the one that lists it. */
export const PAGE_BACK: InjectionKey<{ to: RouteLocationRaw; label: () => string }> = Symbol("page back")
const APP: InjectionKey<AgentApp> = Symbol("app")

function need<T>(key: InjectionKey<T>): T {
  const found = inject(key)
  if (found === undefined) throw new Error(`nothing provides ${key.description}`)
  return found
}

export const provideWords = (words: Words) => provide(WORDS, words)
export const provideSession = (session: Session) => provide(SESSION, session)
export const provideApp = (app: AgentApp) => provide(APP, app)
export const useWords = () => need(WORDS)
export const useSession = () => need(SESSION)
export const useApp = () => need(APP)
