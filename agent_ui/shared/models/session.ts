import type { Me, SetUp, SetupState } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import { type Api, ApiError } from "./api"

export type SessionState = "checking" | "setup" | "signed_out" | "signed_in" | "unreachable"

export interface Session {
  state: Readonly<ShallowRef<SessionState>>
  me: Readonly<ShallowRef<Me | null>>
  /** What the server says to someone who is not signed in. */
  setup: Readonly<ShallowRef<SetupState | null>>
  /** Ask the server who we are; on a fresh server, that the first admin is missing. */
  check(): Promise<void>
  signIn(email: string, password: string): Promise<void>
  setUp(admin: SetUp): Promise<void>
  signOut(): Promise<void>
  /** The server says the session is over. */
  end(): void
}

export function createSession(api: Api): Session {
  const state = shallowRef<SessionState>("checking")
  const me = shallowRef<Me | null>(null)
  const setup = shallowRef<SetupState | null>(null)

  async function load() {
    me.value = await api.get<Me>("/me")
    state.value = "signed_in"
  }

  async function ask() {
    setup.value = await api.get<SetupState>("/setup").catch(() => null)
  }

  function end() {
    me.value = null
    state.value = "signed_out"
    void ask()
  }

  return {
    state,
    me,
    setup,
    end,
    async check() {
      try {
        await load()
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 401)) {
          state.value = "unreachable"
          return
        }
        await ask()
        state.value = setup.value?.is_needed ? "setup" : "signed_out"
      }
    },
    async signIn(email, password) {
      await api.post("/login", { email, password })
      await load()
    },
    async setUp(admin) {
      await api.post("/setup", admin)
      await load()
    },
    async signOut() {
      await api.post("/logout", {}).catch(() => null)
      end()
    },
  }
}
