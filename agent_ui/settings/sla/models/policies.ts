import type {
  HoursList,
  Priority,
  SaveSlaPolicy,
  SlaClockName,
  SlaDryRunIs,
  SlaPolicyIs,
  SlaPolicyList,
  SlaPolicyView,
  SlaTarget,
} from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"
import { type Api, ApiError } from "../../../shared/models/api"

type Refusal = ApiError["code"]

/** What the page of a policy edits. */
export interface PolicyValue {
  name: string
  hours_id: string | null
  inbox_ids: string[]
  team_ids: string[]
  topics: string[]
  priorities: Priority[]
  companies: string[]
  targets: Required<SlaTarget>[]
}

export const NEW = "new"
export const PRIORITIES: readonly Priority[] = ["urgent", "high", "medium", "low"]
export const CLOCKS: readonly SlaClockName[] = [
  "first_response",
  "next_response",
  "periodic_update",
  "resolution",
  "customer_wait",
  "agent_work",
  "escalation_response",
]

export const BLANK: PolicyValue = {
  name: "",
  hours_id: null,
  inbox_ids: [],
  team_ids: [],
  topics: [],
  priorities: [],
  companies: [],
  targets: [],
}

const PROPOSED: Partial<Record<SlaClockName, Record<Priority, number>>> = {
  first_response: { urgent: 30, high: 60, medium: 240, low: 480 },
  next_response: { urgent: 60, high: 120, medium: 480, low: 960 },
  resolution: { urgent: 240, high: 480, medium: 1440, low: 2400 },
}

/** Targets most desks begin with. Each clock warns a quarter of its shortest time before, to five minutes. */
export function proposedTargets(): Required<SlaTarget>[] {
  return CLOCKS.flatMap(clock => {
    const minutes = PROPOSED[clock]
    if (!minutes) return []
    const warn_minutes = Math.round(minutes.urgent / 20) * 5
    return PRIORITIES.map(priority => ({
      clock,
      priority,
      minutes: minutes[priority],
      warn_minutes,
      around_the_clock: false,
    }))
  })
}

export function policyValue({ name, hours_id, conditions, targets }: SlaPolicyView): PolicyValue {
  return {
    ...BLANK,
    name,
    hours_id,
    inbox_ids: [...(conditions.inbox_ids ?? [])],
    team_ids: [...(conditions.team_ids ?? [])],
    topics: [...(conditions.topics ?? [])],
    priorities: [...(conditions.priorities ?? [])],
    companies: [...(conditions.companies ?? [])],
    targets: inOrder(targets.map(it => ({ warn_minutes: 0, around_the_clock: false, ...it }))),
  }
}

export function policyBody(value: PolicyValue, version: number | null): SaveSlaPolicy {
  const { name, hours_id, targets, ...conditions } = value
  return { name: name.trim(), hours_id, targets, conditions, version }
}

/** Clock by clock and priority by priority, so that equal targets compare equal. */
export function inOrder(targets: readonly Required<SlaTarget>[]): Required<SlaTarget>[] {
  const rank = (it: SlaTarget) => CLOCKS.indexOf(it.clock) * 4 + PRIORITIES.indexOf(it.priority)
  return [...targets].sort((a, b) => rank(a) - rank(b))
}

/** The targets with another time for a clock and priority; null takes it away. A new one warns like its neighbours. */
export function withMinutes(
  targets: readonly Required<SlaTarget>[],
  clock: SlaClockName,
  priority: Priority,
  minutes: number | null,
): Required<SlaTarget>[] {
  const rest = targets.filter(it => it.clock !== clock || it.priority !== priority)
  if (minutes === null) return [...rest]
  const held = targets.find(it => it.clock === clock && it.priority === priority)
  const near = held ?? targets.find(it => it.clock === clock)
  const made = { clock, priority, minutes, warn_minutes: near?.warn_minutes ?? 0 }
  return inOrder([...rest, { ...made, around_the_clock: near?.around_the_clock ?? false }])
}

/** The targets with something changed for a clock at every priority. */
export const withClock = (
  targets: readonly Required<SlaTarget>[],
  clock: SlaClockName,
  change: Partial<Pick<SlaTarget, "warn_minutes" | "around_the_clock">>,
): Required<SlaTarget>[] => targets.map(it => (it.clock === clock ? { ...it, ...change } : it))

/** Clocks whose warning would come before the start. */
export const warnedTooEarly = (targets: readonly Required<SlaTarget>[]): Set<SlaClockName> =>
  new Set(targets.filter(it => it.warn_minutes >= it.minutes).map(it => it.clock))

export interface Policies {
  policies: Readonly<ShallowRef<readonly SlaPolicyView[]>>
  state: Readonly<ShallowRef<"loading" | "failed" | "stale" | "ready">>
  load(): Promise<void>
  /** Raises when there is none. */
  get(id: string): Promise<SlaPolicyView>
  create(said: SaveSlaPolicy): Promise<SlaPolicyView>
  save(id: string, said: SaveSlaPolicy): Promise<SlaPolicyView>
  remove(id: string): Promise<void>
  /** Why it was refused, or null. */
  order(ids: string[]): Promise<Refusal | null>
  tryOut(id: string | null, said: SaveSlaPolicy): Promise<SlaDryRunIs>
  hours(): Promise<HoursList>
}

/** SLA policies in the order they are tried. */
export function createPolicies(api: Api): Policies {
  const policies = shallowRef<readonly SlaPolicyView[]>([])
  const state = shallowRef<"loading" | "failed" | "stale" | "ready">("loading")
  const fetch = async () => (await api.get<SlaPolicyList>("/sla/policies")).policies

  return {
    policies,
    state,
    async load() {
      try {
        policies.value = await fetch()
        state.value = "ready"
      } catch {
        state.value = state.value === "loading" || state.value === "failed" ? "failed" : "stale"
      }
    },
    async get(id) {
      const found = (await fetch()).find(it => it.id === id)
      if (!found) throw new Error("no such policy")
      return found
    },
    create: async said => (await api.post<SlaPolicyIs>("/sla/policies", said)).policy,
    save: async (id, said) => (await api.put<SlaPolicyIs>(`/sla/policies/${id}`, said)).policy,
    remove: async id => {
      await api.delete(`/sla/policies/${id}`)
    },
    async order(ids) {
      const before = policies.value
      policies.value = [...before].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
      try {
        policies.value = (await api.put<SlaPolicyList>("/sla/policies", { policy_ids: ids })).policies
        return null
      } catch (error) {
        policies.value = before
        return error instanceof ApiError ? error.code : "internal"
      }
    },
    tryOut: (policy_id, policy) => api.post<SlaDryRunIs>("/sla/dry-run", { policy_id, policy }),
    hours: () => api.get<HoursList>("/business-hours"),
  }
}
