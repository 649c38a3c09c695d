import type {
  AgentEvent,
  ContactDetailsView,
  ContactKnown,
  ContactView,
  EditContact,
  ErrorCode,
  PageView,
  TicketView,
} from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import type { Api } from "../../shared/models/api"
import type { Link } from "../../shared/models/link"

export type ContactChange = Omit<EditContact, "type" | "contact_id">

export interface ContactModel {
  known: Readonly<ShallowRef<ContactKnown | null>>
  state: Readonly<ShallowRef<"idle" | "loading" | "ready" | "failed">>
  show(contactId: string): Promise<void>
  forget(): void
  /** Why it was refused, or null when it is kept. */
  edit(change: ContactChange): Promise<ErrorCode | "offline" | null>
  stop(): void
}

const MOST_PAGES = 50

/** What is known of the contact on the screen, kept true by what is told of them. */
export function createContact(api: Api, link: Link): ContactModel {
  const known = shallowRef<ContactKnown | null>(null)
  const state = shallowRef<"idle" | "loading" | "ready" | "failed">("idle")
  let wanted = ""

  async function show(contactId: string): Promise<void> {
    wanted = contactId
    if (known.value?.contact.id !== contactId) {
      known.value = null
      state.value = "loading"
    }
    try {
      const said = await api.get<ContactKnown>(`/contacts/${contactId}`)
      if (wanted !== contactId) return
      known.value = said
      state.value = "ready"
    } catch {
      if (wanted === contactId && !known.value) state.value = "failed"
    }
  }

  function put(contact: ContactView, details: ContactDetailsView): void {
    if (known.value?.contact.id === contact.id) known.value = { ...known.value, contact, details }
  }

  function onEvent(event: AgentEvent): void {
    const held = known.value
    if (!held) return
    if (event.type === "contact.changed") put(event.contact, event.details)
    if (event.type === "contact.visited" && event.contact_id === held.contact.id)
      known.value = { ...held, pages: withPage(held.pages, event.page) }
    if (event.type === "ticket.opened" && held.tickets.some(it => it.id === event.ticket.id))
      known.value = { ...held, tickets: withTicket(held.tickets, event.ticket) }
    if (event.type === "conversation.changed" && event.conversation.contact.id === held.contact.id)
      known.value = { ...held, ...withConversation(held, event) }
  }

  const stops = [link.onEvent(onEvent), link.onConnected(() => void (wanted && show(wanted)))]
  return {
    known,
    state,
    show,
    forget() {
      wanted = ""
      known.value = null
      state.value = "idle"
    },
    async edit(change) {
      try {
        const reply = await link.command({ type: "contact.edit", contact_id: wanted, ...change })
        if (!reply.ok) return reply.code
        if ("details" in reply) put(reply.contact, reply.details)
        return null
      } catch {
        return "offline"
      }
    },
    stop() {
      for (const stop of stops) stop()
    },
  }
}

/** Latest first; one of the same id is the same stay, longer. */
export function withPage(pages: readonly PageView[], page: PageView): PageView[] {
  return [page, ...pages.filter(it => it.id !== page.id)].slice(0, MOST_PAGES)
}

function withTicket(tickets: readonly TicketView[], ticket: TicketView): TicketView[] {
  return [ticket, ...tickets.filter(it => it.id !== ticket.id)].sort((a, b) => b.number - a.number)
}

function withConversation(held: ContactKnown, event: Extract<AgentEvent, { type: "conversation.changed" }>) {
  const { contact, ticket } = event.conversation
  return { contact, tickets: ticket ? withTicket(held.tickets, ticket) : held.tickets }
}
