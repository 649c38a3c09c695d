import type {
  CannedResponseView,
  DraftView,
  MacroView,
  SaveCannedResponse,
  SavedViewView,
  SaveMacro,
  SaveView,
  ToolboxContent,
} from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"

/** Where each kind is kept, and what is sent to keep one. */
interface Kinds {
  views: SaveView
  "canned-responses": SaveCannedResponse
  macros: SaveMacro
}

export interface Toolbox {
  views: Readonly<ShallowRef<readonly SavedViewView[]>>
  canned: Readonly<ShallowRef<readonly CannedResponseView[]>>
  macros: Readonly<ShallowRef<readonly MacroView[]>>
  tags: Readonly<ShallowRef<readonly string[]>>
  /** False until the server has said what there is. */
  isLoaded: Readonly<ShallowRef<boolean>>
  refresh(): Promise<void>
  /** Raises ApiError. Without an id, a new one. */
  save<K extends keyof Kinds>(kind: K, body: Kinds[K], id: string | null): Promise<void>
  remove(kind: keyof Kinds, id: string): Promise<void>
  /** A tag is in use from now on. */
  learn(tags: readonly string[]): void
}

/** Saved views, canned responses, macros and tags, for this agent to reach for. */
export function createToolbox(api: Api, onDrafts: (drafts: readonly DraftView[]) => void): Toolbox {
  const views = shallowRef<readonly SavedViewView[]>([])
  const canned = shallowRef<readonly CannedResponseView[]>([])
  const macros = shallowRef<readonly MacroView[]>([])
  const tags = shallowRef<readonly string[]>([])
  const isLoaded = shallowRef(false)

  async function refresh() {
    const held = await api.get<ToolboxContent>("/desk").catch(() => null)
    if (!held) return
    views.value = held.views
    canned.value = held.canned
    macros.value = held.macros
    tags.value = held.tags
    isLoaded.value = true
    onDrafts(held.drafts)
  }

  return {
    views,
    canned,
    macros,
    tags,
    isLoaded,
    refresh,
    async save(kind, body, id) {
      if (id === null) await api.post(`/${kind}`, body)
      else await api.put(`/${kind}/${id}`, body)
      await refresh()
    },
    async remove(kind, id) {
      await api.delete(`/${kind}/${id}`)
      await refresh()
    },
    learn(used) {
      const fresh = used.filter(tag => !tags.value.includes(tag))
      if (fresh.length > 0) tags.value = [...tags.value, ...fresh].sort()
    },
  }
}
