import type { Channel, InboxView, RuleConditions } from "@parley/client/contract"

export interface RuleChoices {
  inboxes: InboxView[]
  channels: Channel[]
  /** The keys of the inboxes' form fields. */
  fields: string[]
}

/** Conditions that can occur with the inboxes there are, and those the rule names already. */
export function ruleChoices(inboxes: readonly InboxView[], given?: RuleConditions): RuleChoices {
  const chosen = given?.inbox_ids ?? []
  const used = inboxes.filter(it => !it.is_archived)
  return {
    inboxes: inboxes.filter(it => !it.is_archived || chosen.includes(it.id)),
    channels: [...new Set([...used.map(it => it.channel), ...(given?.channels ?? [])])],
    fields: [...new Set([...used.flatMap(it => it.field_keys), ...(given?.fields ?? []).map(it => it.name)])],
  }
}
