import en from "@nuxt/ui/runtime/locale/en.js"
import { type ShallowRef, shallowRef, watch } from "vue"
import { lazyModules } from "../shared/lazy-modules"
import type { Words } from "../shared/words/translate"

type UiLocale = typeof en

const LOADERS: Record<string, () => Promise<{ default: UiLocale }>> = {
  de: () => import("@nuxt/ui/runtime/locale/de.js"),
  ar: () => import("@nuxt/ui/runtime/locale/ar.js"),
}

/** The words inside Nuxt UI's own controls, in the same language and direction as ours. */
export function useUiLocale(words: Words): Readonly<ShallowRef<UiLocale>> {
  const locale = shallowRef(en)
  watch(
    () => words.code,
    async code => {
      const loaded = await (LOADERS[code] && lazyModules.fetch(LOADERS[code]))
      if (words.code === code) locale.value = loaded?.default ?? en
    },
    { immediate: true },
  )
  return locale
}
