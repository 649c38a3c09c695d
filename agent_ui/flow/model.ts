import type {
  ApproverList,
  ContactHistory,
  ConversationPage,
  ConversationView,
  Done,
  EscalationIs,
  EscalationList,
  EscalationView,
  LinkKind,
  Lookalikes,
  MergePreview,
  SaveSolution,
  SolutionIs,
  SplitOff,
  TicketLinks,
} from "@parley/client/contract"
import { shallowRef } from "vue"
import { useApp } from "../shared/context"
import { lazyComponent } from "../shared/lazy-modules"
import type { AgentApp } from "../shared/models/agent-app"
import { allMessages } from "../shared/models/all-messages"
import { ApiError } from "../shared/models/api"
import { isOpen } from "../shared/models/order"
import { wordsFor } from "../shared/models/refusals"

/** Sections of the details panel: here, so that they come with it and not with the first screen. */
export const LinksSection = lazyComponent(() => import("./components/LinksSection.vue"))
export const SolutionSection = lazyComponent(() => import("./components/SolutionSection.vue"))

export const useFlow = () => useApp().model(createFlow)

function createFlow({ api, connection, notify }: AgentApp) {
  const waiting = shallowRef<EscalationList | null>(null)
  const hasFailed = shallowRef(false)
  let asked = 0

  async function refresh() {
    const mine = ++asked
    const answer = await api.get<EscalationList>("/escalations").catch(() => null)
    if (mine !== asked) return
    hasFailed.value = answer === null
    if (answer) waiting.value = answer
  }
  connection.onEvent(event => {
    if (event.type === "notices.changed") void refresh()
  })
  connection.onConnected(() => void refresh())
  void refresh()

  /** What the server refuses is said; null then. */
  async function attempt<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask()
    } catch (error) {
      const refused = error instanceof ApiError ? error : null
      notify({ key: wordsFor(refused?.code ?? "internal"), tone: "failed" })
      return null
    }
  }

  const change = async (id: string, path: string, body: unknown): Promise<EscalationView | null> => {
    const answer = await attempt(() => api.post<EscalationIs>(`/escalations/${id}/${path}`, body))
    void refresh()
    return answer?.escalation ?? null
  }

  return {
    waiting,
    hasFailed,
    refresh,
    attempt,
    /** Raises ApiError. */
    escalations: (id: string) => api.get<EscalationList>(`/conversations/${id}/escalations`),
    /** Raises ApiError. */
    approvers: (id: string) => api.get<ApproverList>(`/conversations/${id}/approvers`),
    decide: (id: string, is_approved: boolean, reason: string) => change(id, "decision", { is_approved, reason }),
    /** Raises ApiError. */
    solution: (id: string) => api.get<SolutionIs>(`/conversations/${id}/solution`),
    saveSolution: (id: string, draft: SaveSolution) =>
      attempt(() => api.put<SolutionIs>(`/conversations/${id}/solution`, draft)),
    handIn: (id: string) => attempt(() => api.post<SolutionIs>(`/conversations/${id}/solution/hand-in`, {})),
    reviewSolution: (id: string, is_approved: boolean, note: string) =>
      attempt(() => api.post<SolutionIs>(`/conversations/${id}/solution/review`, { is_approved, note })),
    withdrawSolution: (id: string) => attempt(() => api.post<SolutionIs>(`/conversations/${id}/solution/withdraw`, {})),
    /** Raises ApiError. */
    links: (id: string) => api.get<TicketLinks>(`/conversations/${id}/links`),
    link: (id: string, number: number, kind: LinkKind) =>
      attempt(() => api.post<TicketLinks>(`/conversations/${id}/links`, { number, kind })),
    unlink: (id: string, linkId: string) =>
      attempt(() => api.delete<TicketLinks>(`/conversations/${id}/links/${linkId}`)),
    setWatching: (id: string, is_watching: boolean) =>
      attempt(() => api.put<TicketLinks>(`/conversations/${id}/watching`, { is_watching })),
    withdraw: (id: string) => change(id, "withdraw", {}),
    /** Raises ApiError. */
    mergePreview: (id: string, number: number) => api.get<MergePreview>(`/conversations/${id}/merge?number=${number}`),
    /** Open tickets that can take a conversation over: those of its contact, or what is searched for. Raises ApiError. */
    async mergeTargets(from: ConversationView, words: string): Promise<ConversationView[]> {
      const query = new URLSearchParams({ q: words, limit: "20" })
      const page = words
        ? await api.get<ConversationPage>(`/tickets/list?${query}`)
        : await api.get<ContactHistory>(`/contacts/${from.contact.id}/conversations`)
      return page.conversations.filter(it => it.ticket && it.id !== from.id && isOpen(it))
    },
    merge: (id: string, number: number, is_other_contact: boolean) =>
      attempt(() => api.post<TicketLinks>(`/conversations/${id}/merge`, { number, is_other_contact })),
    /** Tickets that may be about the same; none when they cannot be had. */
    lookalikes: async (id: string) =>
      (await api.get<Lookalikes>(`/conversations/${id}/lookalikes`).catch(() => null))?.lookalikes ?? [],
    dismissLookalike: (id: string, other_id: string) =>
      attempt(() => api.post<Done>(`/conversations/${id}/lookalikes`, { other_id })),
    /** All that its customer wrote; raises when it cannot be had. */
    customerMessages: async (id: string) =>
      (await allMessages(connection, id)).filter(it => it.author.kind === "contact" && !it.system),
    split: (id: string, message_ids: readonly string[], title: string) =>
      attempt(() => api.post<SplitOff>(`/conversations/${id}/split`, { message_ids, title })),
    undoMerge: (mergeId: string) => attempt(() => api.post<Done>(`/merges/${mergeId}/undo`, {})),
  }
}
