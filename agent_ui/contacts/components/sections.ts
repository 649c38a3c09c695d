import type { ContactKnown, ConversationView } from "@parley/client/contract"
import { h, type VNode } from "vue"
import type { DialogName } from "../../conversation"
import { LinksSection, SolutionSection } from "../../flow/model"
import { isOpen } from "../../shared/models/order"
import { SlaCard } from "../../sla"
import { FieldsSection, TicketSection } from "../../tickets"
import type { ContactModel } from "../models/contact"
import type { Suggestions } from "../models/suggestions"
import ContactCard from "./ContactCard.vue"
import ContactRecord from "./ContactRecord.vue"
import FactsCard from "./FactsCard.vue"
import SuggestionsCard from "./SuggestionsCard.vue"
import TicketCard from "./TicketCard.vue"
import WhyCard from "./WhyCard.vue"

/** What a section of the details can show and do. */
export interface Panel {
  conversation: ConversationView
  contact: ContactModel
  known: ContactKnown | null
  suggestions: Suggestions
  /** The visitor was asked for an address and has written nothing since. */
  wasAsked: boolean
  askEmail(): void
  openTicket(): void
  dialog(name: DialogName): void
  /** Another conversation. */
  open(id: string): void
  insert(text: string): void
  sendLink(title: string, url: string): void
}

/** Nothing where the conversation has nothing to show in it. */
type Section = (panel: Panel) => VNode | null

/** Every section there is. Another area adds its own here, by way of its index, and gives it a place in the two orders below. */
const SECTIONS = {
  contact: ({ conversation, contact, wasAsked, askEmail }) =>
    h(ContactCard, {
      contact: conversation.contact,
      model: contact,
      isOpen: isOpen(conversation),
      wasAsked,
      onAskEmail: askEmail,
    }),
  sla: ({ conversation }) => h(SlaCard, { conversation }),
  suggestions: ({ suggestions, insert, sendLink }) =>
    h(SuggestionsCard, { model: suggestions, onInsert: insert, onLink: sendLink }),
  facts: ({ conversation, dialog }) => h(FactsCard, { conversation, onDialog: dialog }),
  why: ({ conversation }) => h(WhyCard, { conversation }),
  ticket_card: ({ conversation, openTicket }) => h(TicketCard, { ticket: conversation.ticket, onOpen: openTicket }),
  ticket: ({ conversation }) => (conversation.ticket ? h(TicketSection, { ticket: conversation.ticket }) : null),
  fields: ({ conversation }) => h(FieldsSection, { conversation }),
  solution: ({ conversation }) => h(SolutionSection, { conversation }),
  links: ({ conversation, open }) => (conversation.ticket ? h(LinksSection, { conversation, onOpen: open }) : null),
  record: ({ conversation, known, open }) =>
    h(ContactRecord, { id: conversation.id, contactId: conversation.contact.id, known, onOpen: open }),
} satisfies Record<string, Section>

export type SectionName = keyof typeof SECTIONS

export const drawSection = (name: SectionName, panel: Panel): VNode | null => SECTIONS[name](panel)

/** The sections in their order: beside a conversation of the inbox, and on a ticket's page. */
export const SECTION_ORDERS = {
  inbox: ["contact", "sla", "suggestions", "facts", "fields", "why", "ticket_card", "solution", "links", "record"],
  ticket: ["ticket", "sla", "fields", "facts", "solution", "links", "contact", "suggestions", "why", "record"],
} as const satisfies Record<string, readonly SectionName[]>

export type PanelPlace = keyof typeof SECTION_ORDERS
