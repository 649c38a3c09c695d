import type { TicketFieldsAre, TicketFieldView, TicketFormList } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"

export interface TicketForms {
  /** Null until they have been read. */
  fields: Readonly<ShallowRef<readonly TicketFieldView[] | null>>
  of(inboxId: string): readonly TicketFieldView[]
  load(): Promise<void>
  /** These two raise ApiError. */
  read(conversationId: string): Promise<TicketFieldsAre>
  write(conversationId: string, values: Record<string, string>): Promise<TicketFieldsAre>
}

/** The fields that inboxes ask of their tickets, and the values of a conversation. */
export function createTicketForms(api: Api): TicketForms {
  const fields = shallowRef<readonly TicketFieldView[] | null>(null)
  let reading: Promise<void> | null = null

  async function load() {
    reading ??= api
      .get<TicketFormList>("/ticket-forms")
      .then(
        said => {
          fields.value = said.fields
        },
        () => {},
      )
      .finally(() => {
        reading = null
      })
    await reading
  }

  return {
    fields,
    of: inboxId => fields.value?.filter(it => it.inbox_id === inboxId) ?? [],
    load,
    read: id => api.get<TicketFieldsAre>(`/conversations/${id}/fields`),
    write: (id, values) =>
      api.put<TicketFieldsAre>(`/conversations/${id}/fields`, {
        values: Object.entries(values).map(([field_id, value]) => ({ field_id, value })),
      }),
  }
}
