import { h } from "preact"

const PATHS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M5 12l7-7 7 7",
  clip: "M20 11.5l-8.2 8.2a5 5 0 01-7-7l8.4-8.5a3.3 3.3 0 014.7 4.7l-8.4 8.4a1.6 1.6 0 01-2.3-2.3l7.6-7.6",
  smile: "M21 12a9 9 0 11-18 0 9 9 0 0118 0zM8 14s1.5 2 4 2 4-2 4-2M9 9.5h.01M15 9.5h.01",
  doc: "M6 3h12v18H6zM9 8h6M9 12h6",
  next: "M9 5l7 7-7 7",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  end: "M8.5 12.5l2.5 2.5 5-5.5M21 12a9 9 0 11-18 0 9 9 0 0118 0z",
  down: "M12 5v14M5 12l7 7 7-7",
}

type IconName = keyof typeof PATHS

const FLIPPED = new Set<IconName>(["back", "next", "out"])

/** A drawing without a name of its own: what it means is said by what holds it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={FLIPPED.has(name) ? "icon flips" : "icon"} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

interface ToolProps {
  icon: IconName
  label: string
  onClick: () => void
  isFirstFocus?: boolean
  isOpen?: boolean
}

/** `isOpen` is given by those that open something. */
export function Tool({ icon, label, onClick, isFirstFocus, isOpen }: ToolProps) {
  return (
    <button
      type="button"
      class={`tool ${icon}`}
      aria-label={label}
      title={label}
      aria-expanded={isOpen}
      data-focus={isFirstFocus}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}

/** The initials of a name. */
export function Avatar({ name }: { name: string }) {
  const [first = "", second = ""] = name.match(/(?:^|\s)[\p{L}\d]/gu) ?? []
  return (
    <span class="avatar" aria-hidden="true">
      {first.trim() + second.trim()}
    </span>
  )
}
