import type {
  AgentView,
  ConversationView,
  MarksView,
  Me,
  MessageView,
  StatusView,
  TicketView,
} from "@parley/client/contract"
import type { ThreadRow } from "@parley/client/rows"
import { createDrafts, type Drafts, type DraftsOptions } from "../conversation/models/drafts"
import { travelClock } from "./travel"

export const ME = "agent-me"
export const OTHER = "agent-other"
const START = Date.parse("2026-03-02T09:00:00Z")

export const at = (minute: number): string => new Date(START + minute * 60_000).toISOString()

export const NO_MARKS: MarksView = {
  contact_delivered_seq: 0,
  contact_read_seq: 0,
  agent_delivered_seq: 0,
  agent_read_seq: 0,
}

/** A conversation whose last message is `minute` minutes old in the order of the tests: higher is newer. */
export function conversation(id: string, minute: number, change: Partial<ConversationView> = {}): ConversationView {
  return {
    id,
    inbox_id: "inbox",
    channel: "chat",
    contact: {
      id: `contact-${id}`,
      name: `Contact ${id}`,
      email: null,
      is_verified: false,
      locale: "en",
      page_url: null,
      last_seen_at: null,
      created_at: at(0),
    },
    status: "open",
    category: "open",
    priority: "medium",
    agent_id: ME,
    offer_until: null,
    team_id: null,
    seq: 1,
    rev: 1,
    marks: NO_MARKS,
    preview: "Hello",
    last_message_at: at(minute),
    waiting_since: null,
    queued_at: null,
    snoozed_until: null,
    escalation_level: 0,
    escalation_reason: "",
    unread_count: 0,
    tags: [],
    ticket: null,
    next_due: null,
    created_at: at(0),
    ...change,
  }
}

export function message(conversationId: string, seq: number, change: Partial<MessageView> = {}): MessageView {
  return {
    id: `${conversationId}-${seq}`,
    client_id: null,
    conversation_id: conversationId,
    seq,
    rev: seq,
    author: { kind: "contact", id: `contact-${conversationId}`, name: "Nina" },
    visibility: "public",
    channel: "chat",
    system: null,
    body: `Message ${seq}`,
    attachments: [],
    created_at: at(100 + seq),
    ...change,
  }
}

export const row = (change: Partial<MessageView> & { progress?: ThreadRow["progress"] }): ThreadRow => {
  const { progress = null, ...rest } = change
  const made = message("c", rest.seq ?? 1, rest)
  return { key: made.id, message: made, entry: null, progress }
}

export function agent(id: string, change: Partial<AgentView> = {}): AgentView {
  return {
    id,
    name: id,
    email: `${id}@example.org`,
    role: "agent",
    presence: "online",
    presence_since: at(0),
    reason: "",
    is_idle: false,
    forced_by_id: null,
    load: 0,
    weight: 0,
    capacity: 4,
    takes_chats: true,
    channel_capacity: [],
    skills: [],
    languages: [],
    idle_seconds: null,
    team_ids: [],
    ...change,
  }
}

function status(key: string, name: string, category: StatusView["category"]): StatusView {
  return {
    key,
    name,
    names: [],
    category,
    color: "gray",
    clock: "runs",
    next_keys: [],
    is_fixed: true,
    is_retired: false,
    replaced_by: null,
  }
}

export function me(change: Partial<Me> = {}): Me {
  return {
    agent: agent(ME),
    permissions: ["conversation.reply"],
    agents: [agent(ME), agent(OTHER, { name: "Other" })],
    teams: [
      {
        id: "team",
        name: "Support",
        mode: "least_load",
        accept_seconds: 0,
        lead_id: null,
        takes_on_reply: true,
        longest_seconds: 300,
      },
    ],
    inboxes: [],
    statuses: [
      status("new", "New", "new"),
      status("open", "Open", "open"),
      status("responded", "Responded", "waiting"),
      status("resolved", "Resolved", "resolved"),
    ],
    topics: [],
    reasons: [],
    workspace_name: "",
    max_file_bytes: 10_000_000,
    epoch: "1",
    ok: true,
    ...change,
  }
}

/** Drafts of an agent, without a server unless one is given. */
export function draftsOn(
  storage: DraftsOptions["storage"],
  agentId: string,
  more: Partial<Pick<DraftsOptions, "clock" | "push">> = {},
): Drafts {
  return createDrafts({ storage, agentId, clock: travelClock(), push: async () => false, ...more })
}

/** The ticket of conversation `c{number}`. */
export const ticket = (number: number, change: Partial<TicketView> = {}): TicketView => ({
  id: `ticket-${number}`,
  number,
  conversation_id: `c${number}`,
  title: `Ticket ${number}`,
  topic: "General",
  priority: "medium",
  status: "open",
  category: "open",
  agent_id: ME,
  team_id: null,
  contact_id: `contact-c${number}`,
  contact_name: `Contact c${number}`,
  opened_at: at(number),
  closed_at: null,
  next_due: null,
  ...change,
})
