import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import { createTicketByNumber } from "./models/ticket-by-number"
import { createTickets } from "./models/ticket-list"

export const useTickets = () => useApp().model(createTicketsModel)

export const useTicketByNumber = () => {
  const { api, conversations } = useApp()
  return createTicketByNumber(api, conversations)
}

function createTicketsModel({ api, connection }: AgentApp) {
  const tickets = createTickets(api)
  connection.onEvent(event => {
    if (event.type === "ticket.opened" || event.type === "ticket.changed") tickets.put(event.ticket)
  })
  return tickets
}
