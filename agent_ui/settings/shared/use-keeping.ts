import { ref } from "vue"
import type { Toolbox } from "../../conversation/model"
import { useConversation } from "../../conversation/model"
import { useWords } from "../../shared/context"
import { ApiError } from "../../shared/models/api"
import { wordsFor } from "../../shared/models/refusals"

/** Saving and deleting one of the things at hand, and what to say when that fails. */
export function useKeeping(kind: Parameters<Toolbox["remove"]>[0]) {
  const { t } = useWords()
  const { toolbox } = useConversation()
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
    save: (act: (keep: Toolbox["save"]) => Promise<void>, hide: () => void) => attempt(() => act(toolbox.save), hide),
    remove: (id: string, hide: () => void) => attempt(() => toolbox.remove(kind, id), hide),
  }
}
