import { ref } from "vue"
import { ApiError } from "../models/api"
import type { AtHand } from "../models/at-hand"
import { wordsFor } from "../models/refusals"
import { useDesk, useWords } from "../shell/context"

/** Saving and deleting one of the things at hand, and what to say when that fails. */
export function useKeeping(kind: Parameters<AtHand["remove"]>[0]) {
  const { t } = useWords()
  const { atHand } = useDesk()
  const failed = ref("")

  async function attempt(act: () => Promise<void>, hide: () => void) {
    failed.value = ""
    try {
      await act()
      hide()
    } catch (error) {
      failed.value = t(wordsFor(error instanceof ApiError ? error.code : "internal"))
    }
  }

  return {
    failed,
    save: (act: (keep: AtHand["save"]) => Promise<void>, hide: () => void) => attempt(() => act(atHand.save), hide),
    remove: (id: string, hide: () => void) => attempt(() => atHand.remove(kind, id), hide),
  }
}
