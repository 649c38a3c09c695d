import type { ConfigArea } from "@parley/client/contract"
import { onMounted, onUnmounted, type ShallowRef, shallowRef, watch } from "vue"
import { onBeforeRouteLeave, onBeforeRouteUpdate } from "vue-router"
import { useApp } from "../../shared/context"
import { createForm, type Form, type FormOptions } from "./form"

export interface PageForm<T extends object> extends Form<T> {
  /** The page is about to be left with changes: answers whether to go. */
  leaving: Readonly<ShallowRef<((go: boolean) => void) | null>>
}

/**
 * The form of a settings page: loaded with it, compared when another admin saves something of the same area, and
 * asked about once when the page is left with changes. Show it with SaveBar.
 */
export function useForm<T extends object>(options: FormOptions<T> & { area: ConfigArea }): PageForm<T> {
  const { connection: link } = useApp()
  const form = createForm(options)
  const leaving = shallowRef<((go: boolean) => void) | null>(null)

  const askFirst = (event: BeforeUnloadEvent) => {
    if (form.isChanged.value) event.preventDefault()
  }
  async function mayGo(): Promise<boolean> {
    if (!form.isChanged.value) return true
    const go = await new Promise<boolean>(answer => {
      leaving.value = answer
    })
    leaving.value = null
    if (go) form.discard()
    return go
  }

  const stop = link.onEvent(event => {
    if (event.type === "config.changed" && event.area === options.area) void form.look()
  })
  const stopConnected = link.onConnected(() => void form.look())
  // The browser is asked only while there is something to lose: a listener keeps a page out of its back-forward cache.
  watch(form.isChanged, isChanged => {
    if (isChanged) addEventListener("beforeunload", askFirst)
    else removeEventListener("beforeunload", askFirst)
  })
  onBeforeRouteLeave(mayGo)
  onBeforeRouteUpdate(async (to, from) => to.path === from.path || (await mayGo()))
  onMounted(() => void form.load())
  onUnmounted(() => {
    stop()
    stopConnected()
    removeEventListener("beforeunload", askFirst)
  })
  return { ...form, leaving }
}
