import type { DueLevel } from "../models/due"

/** Each level has a shape of its own, for readers who do not see the colour. */
export const LEVEL_LOOKS: Record<DueLevel, { icon: string; color: string }> = {
  calm: { icon: "i-lucide-timer", color: "text-muted" },
  risk: { icon: "i-lucide-alarm-clock", color: "text-warning" },
  late: { icon: "i-lucide-triangle-alert", color: "text-error" },
}
