import type { InvitedTo, ResetFor } from "@parley/client/contract"
import type { Api } from "../shared/models/api"
import type { OneTimeLink } from "./components/one-time-link"

const PATHS = {
  join: { look: "/invitations/look", use: "/invitations/accept" },
  reset: { look: "/password-resets/look", use: "/password-resets/use" },
} as const

/** What somebody does before they are signed in. Raises ApiError. */
export interface SignInModel {
  look(link: OneTimeLink): Promise<ResetFor & Partial<InvitedTo>>
  use(link: OneTimeLink, body: object): Promise<unknown>
  askForLink(email: string): Promise<unknown>
}

export function createSignIn(api: Api): SignInModel {
  return {
    look: ({ kind, token }) => api.post(PATHS[kind].look, { token }),
    use: ({ kind }, body) => api.post(PATHS[kind].use, body),
    askForLink: email => api.post("/password-resets", { email }),
  }
}
