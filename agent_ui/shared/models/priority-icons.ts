import type { Priority } from "@parley/client/contract"

export const PRIORITY_ICONS: Record<Priority, string> = {
  urgent: "i-lucide-chevrons-up",
  high: "i-lucide-chevron-up",
  medium: "i-lucide-equal",
  low: "i-lucide-chevron-down",
}
