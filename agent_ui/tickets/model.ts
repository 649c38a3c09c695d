import { createSelection, type Selection } from "../inbox"
import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import { belongs } from "../shared/models/order"
import { createClosedOverTime } from "./models/closed-tickets"
import { type Columns, createColumns } from "./models/columns"
import { createNewTicket } from "./models/new-ticket"
import { createTicketByNumber } from "./models/ticket-by-number"
import { createTicketForms } from "./models/ticket-forms"
import { createWorkList, type WorkList } from "./models/work-list"

export interface WorkModel {
  list: WorkList
  columns: Columns
  selection: Selection
  stop(): void
}

/** The work list of the agent who is signed in; it is kept while a ticket of it is open. */
export const useWork = () => useApp().model(createWorkModel)

export const useClosedOverTime = () => createClosedOverTime(useApp().api)

export const useTicketByNumber = () => {
  const { api, conversations } = useApp()
  return createTicketByNumber(api, conversations)
}

function createWorkModel({ api, clock, connection, conversations, people, rowRefetch, storage }: AgentApp): WorkModel {
  const place = (all: readonly { id: string }[], id: string) => all.findIndex(it => it.id === id)
  const list = createWorkList(
    api,
    conversations,
    people.meId,
    {
      status: key => people.statuses.value.findIndex(status => status.key === key),
      agent: id => place(people.agents(), id),
      team: id =>
        place(
          [...people.teams.value].sort((a, b) => a.name.localeCompare(b.name)),
          id,
        ),
    },
    clock,
  )
  const selection = createSelection(() => list.rows.value)
  const stops = [
    connection.onEvent(event => {
      if (event.type === "ticket.opened" || event.type === "ticket.changed") {
        const id = event.ticket.conversation_id
        if (!conversations.get(id)) rowRefetch.refetch(id)
      } else if (event.type === "conversation.moved" && event.ticket_number !== null) {
        const { conversation_id: id } = event
        const isIn = belongs({ ...event, id } as never, list.shown.value.filter, people.meId)
        if (!conversations.get(id) && isIn) rowRefetch.refetch(id)
      }
    }),
    connection.onConnected(() => {
      // What was fetched before may have moved before we could hear of it.
      if (list.state.value !== "loading") void list.refresh()
    }),
    list.stop,
  ]
  return {
    list,
    columns: createColumns(storage, people.meId),
    selection,
    stop() {
      for (const stop of stops) stop()
    },
  }
}

/** The forms of inboxes, read once and again when an admin changes them. */
export const useTicketForms = () => useApp().model(createTicketFormsModel)

function createTicketFormsModel({ api, onConfig }: AgentApp) {
  const forms = createTicketForms(api)
  const stop = onConfig(area => area === "tickets" && void forms.load())
  void forms.load()
  return { ...forms, stop }
}

/** One for each ticket that is being written down. */
export function useNewTicket() {
  const { api, clock } = useApp()
  return createNewTicket(api, clock)
}
