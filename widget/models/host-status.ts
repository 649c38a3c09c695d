import type { AppOptions } from "./app-view"

/** Tells the page around what its button shows, whenever that changes. */
export function createHostStatus({ host, label, closeLabel }: Pick<AppOptions, "host" | "label" | "closeLabel">) {
  let last = ""
  return (unread_count: number, has_open: boolean, color: string): void => {
    const name = label(unread_count)
    const status = {
      type: "status",
      unread_count,
      has_open,
      label: name,
      close_label: closeLabel,
      color,
      memory: has_open ? `${color} talks` : color,
      badge: `${unread_count || ""}`,
      labels: [name, closeLabel] as [string, string],
    } as const
    if (JSON.stringify(status) === last) return
    last = JSON.stringify(status)
    host.say(status)
  }
}
