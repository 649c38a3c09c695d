import type {
  ContactsFound,
  CreateTicket,
  FoundContact,
  TicketCreated,
  TicketProposal,
  TicketView,
} from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { AgentApp } from "../../shared/models/agent-app"
import type { Api } from "../../shared/models/api"

const PAUSE_MS = 300
const FEWEST = 12

export interface NewTicket {
  found: Readonly<ShallowRef<readonly FoundContact[]>>
  /** Title, topic and priority for what is being written; null before enough is. */
  proposal: Readonly<ShallowRef<TicketProposal | null>>
  find(query: string): void
  propose(text: string): void
  /** The same ticket again when its answer was lost. Raises ApiError. */
  create(said: Omit<CreateTicket, "client_id">): Promise<TicketView>
  stop(): void
}

/** A ticket that is being written down, with what is looked up meanwhile. */
export function createNewTicket(api: Api, clock: AgentApp["clock"]): NewTicket {
  const key = `ticket-${[...crypto.getRandomValues(new Uint32Array(4))].map(it => it.toString(36)).join("-")}`
  const found = shallowRef<readonly FoundContact[]>([])
  const proposal = shallowRef<TicketProposal | null>(null)
  let stopFinding = () => {}
  let stopProposing = () => {}
  let asked = ""
  let written = ""

  return {
    found,
    proposal,
    find(query) {
      stopFinding()
      asked = query.trim()
      if (!asked) found.value = []
      else
        stopFinding = clock.after(PAUSE_MS, async () => {
          const mine = asked
          const said = await api.get<ContactsFound>(`/contacts?q=${encodeURIComponent(mine)}`).catch(() => null)
          if (said && mine === asked) found.value = said.contacts
        })
    },
    propose(text) {
      stopProposing()
      written = text.trim()
      if (written.length < FEWEST) return
      stopProposing = clock.after(PAUSE_MS, async () => {
        const mine = written
        const said = await api.post<TicketProposal>("/tickets/proposals", { text: mine }).catch(() => null)
        if (said && mine === written) proposal.value = said
      })
    },
    create: async said => (await api.post<TicketCreated>("/tickets", { ...said, client_id: key })).ticket,
    stop() {
      stopFinding()
      stopProposing()
    },
  }
}
