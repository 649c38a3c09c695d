import { openChannel } from "@parley/client/browser"
import type { Touch, UserActivity } from "./idle"

const TOUCHES: Record<string, Touch> = {
  keydown: "acted",
  pointerdown: "acted",
  wheel: "acted",
  pointermove: "moved",
  focus: "moved",
}

/** Somebody at this page, or at another of this agent's in the same browser. */
export function browserActivity(agentId: string): UserActivity {
  const channel = openChannel(`parley-life:${agentId}`)
  const told = new Set<Parameters<UserActivity["onTouch"]>[0]>()
  const tell = (touch: Touch, isHere: boolean) => told.forEach(it => void it(touch, isHere))

  let pointedAt = ""

  /** Browsers say that a resting mouse has moved when what lies under it goes, as the question does unanswered. */
  function isAtRest(event: Event) {
    if (!(event instanceof PointerEvent)) return false
    const before = pointedAt
    pointedAt = `${event.screenX} ${event.screenY}`
    return event.type === "pointermove" && pointedAt === before
  }

  function listen(event: Event) {
    const { type, target } = event
    if (isAtRest(event) || (type === "focus" && target !== window)) return
    // What answers the question is not an answer before it is pressed.
    if (target instanceof Element && target.closest("[data-still-there]")) return
    const touch = TOUCHES[type]
    if (touch) tell(touch, true)
  }

  channel?.addEventListener("message", ({ data }: MessageEvent<Touch>) => tell(data, false))
  for (const type of Object.keys(TOUCHES)) window.addEventListener(type, listen, { capture: true, passive: true })
  return {
    onTouch(listener) {
      told.add(listener)
      return () => told.delete(listener)
    },
    share: touch => channel?.postMessage(touch),
    stop() {
      channel?.close()
      for (const type of Object.keys(TOUCHES)) window.removeEventListener(type, listen, { capture: true })
    },
  }
}
