import type { SaveTicketField, TicketFieldView, TicketFormList } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import { useApp } from "../../shared/context"
import type { Api } from "../../shared/models/api"

export interface FormSettings {
  fields: Readonly<ShallowRef<readonly TicketFieldView[]>>
  state: Readonly<ShallowRef<"loading" | "failed" | "stale" | "ready">>
  load(): Promise<void>
  /** Every field of an inbox's form, in order. Raises ApiError. */
  save(inboxId: string, fields: readonly SaveTicketField[]): Promise<void>
}

export const useFormSettings = () => createFormSettings(useApp().api)

/** A field as it is saved. */
export const savedField = ({ inbox_id: _, ...field }: TicketFieldView): SaveTicketField => field

function createFormSettings(api: Api): FormSettings {
  const fields = shallowRef<readonly TicketFieldView[]>([])
  const state = shallowRef<"loading" | "failed" | "stale" | "ready">("loading")

  async function load() {
    if (state.value === "failed") state.value = "loading"
    try {
      fields.value = (await api.get<TicketFormList>("/ticket-forms")).fields
      state.value = "ready"
    } catch {
      state.value = state.value === "loading" ? "failed" : "stale"
    }
  }

  return {
    fields,
    state,
    load,
    async save(inboxId, said) {
      const { fields: saved } = await api.put<TicketFormList>(`/ticket-forms/${inboxId}`, { fields: said })
      fields.value = [...fields.value.filter(it => it.inbox_id !== inboxId), ...saved]
    },
  }
}
