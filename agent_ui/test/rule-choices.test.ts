import type { InboxView } from "@parley/client/contract"
import { expect, test } from "vitest"
import { ruleChoices } from "../settings/routing/models/rule-choices"

const inbox = (id: string, more: Partial<InboxView> = {}): InboxView => ({
  id,
  key: id,
  name: id,
  channel: "chat",
  team_id: null,
  hours_id: null,
  shows_visitors: false,
  previews_typing: false,
  email_prompt: "ask",
  field_keys: [],
  is_archived: false,
  ...more,
})

test("a rule is offered only conditions that can occur", () => {
  const shop = inbox("shop", { field_keys: ["order", "email"] })
  const old = inbox("old", { is_archived: true, field_keys: ["gone"] })
  expect(ruleChoices([shop, old])).toEqual({ inboxes: [shop], channels: ["chat"], fields: ["order", "email"] })
})

test("what a rule asks for already stays to be seen and taken away", () => {
  const old = inbox("old", { is_archived: true })
  const given = { inbox_ids: ["old"], channels: ["sms" as const], fields: [{ name: "plan", values: ["pro"] }] }
  expect(ruleChoices([old], given)).toEqual({ inboxes: [old], channels: ["sms"], fields: ["plan"] })
})
