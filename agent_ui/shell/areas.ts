import flow from "../flow/manifest"
import knowledge from "../knowledge/manifest"
import account from "../settings/account/manifest"
import email from "../settings/email/manifest"
import forms from "../settings/forms/manifest"
import hours from "../settings/hours/manifest"
import inboxes from "../settings/inboxes/manifest"
import people from "../settings/people/manifest"
import proactive from "../settings/proactive/manifest"
import replies from "../settings/replies/manifest"
import routing from "../settings/routing/manifest"
import setup from "../settings/setup/manifest"
import sla from "../settings/sla/manifest"
import solutions from "../settings/solutions/manifest"
import statuses from "../settings/statuses/manifest"
import workspace from "../settings/workspace/manifest"
import type { Area } from "../shared/manifest"
import tickets from "../tickets/manifest"
import visitors from "../visitors/manifest"
import wall from "../wall/manifest"

/** Every area with pages of its own: a line here gives it its routes, its place in the rail or the settings, and its commands. */
export const AREAS: readonly Area[] = [
  tickets,
  visitors,
  wall,
  knowledge,
  flow,
  setup,
  sla,
  workspace,
  account,
  people,
  inboxes,
  hours,
  proactive,
  email,
  statuses,
  forms,
  routing,
  replies,
  solutions,
]

const isThere = <T>(it: T | undefined): it is T => it !== undefined

export const RAIL_PAGES = AREAS.map(area => area.rail).filter(isThere)
export const SETTINGS_PAGES = AREAS.map(area => area.settings).filter(isThere)
