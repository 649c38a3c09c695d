import "./main.css"
import ui from "@nuxt/ui/vue-plugin"
import { openStorage } from "@parley/client/browser"
import { pickLocale } from "@parley/client/i18n"
import { createApp } from "vue"
import { lazyModules } from "./shared/lazy-modules"
import { createWords, LANGUAGES } from "./shared/words/translate"
import App from "./shell/App.vue"
import { createRoutes } from "./shell/routes"
import { followColorScheme } from "./shell/scheme"
import { takeLink } from "./sign-in/components/one-time-link"

const LANGUAGE = "parley.language"

followColorScheme(document.documentElement, matchMedia("(prefers-color-scheme: dark)"))

addEventListener("online", lazyModules.retry)

/** Taken before the router reads the address. */
const storage = openStorage("localStorage")
const link = takeLink(location, history, openStorage("sessionStorage"))
const words = createWords(navigator.languages)
const wanted = [storage.getItem(LANGUAGE) ?? "", ...navigator.languages]
const codes = LANGUAGES.map(language => language.code)
const language = pickLocale(wanted, codes, "en")
words
  .choose(language)
  // In English until the other language is there.
  .catch(() => void lazyModules.fetch(() => words.choose(language)))
  .finally(() => {
    createApp(App, { words, link, onLanguage: (code: string) => storage.setItem(LANGUAGE, code) })
      .use(createRoutes(words))
      .use(ui)
      .mount("#app")
  })
