import type { Connection } from "@parley/client/connection"
import type { ErrorCode, WallView } from "@parley/client/contract"
import type { AgentSide } from "@parley/client/sides"
import { type ShallowRef, shallowRef } from "vue"

export interface Wall {
  now: Readonly<ShallowRef<WallView | null>>
  /** Why there is nothing to see. */
  failed: Readonly<ShallowRef<ErrorCode | "offline" | null>>
  /** Whether a figure that goes over its threshold is heard. */
  hasSound: Readonly<ShallowRef<boolean>>
  setSound(on: boolean): void
  put(wall: WallView): void
  watch(): Promise<void>
  unwatch(): void
  /** A new connection knows nothing of the old one's watching. */
  resume(): void
}

const SOUND = "parley.wall.sound"

export function createWall(
  command: Connection<AgentSide>["command"],
  storage: Pick<Storage, "getItem" | "setItem">,
): Wall {
  const hasSound = shallowRef(storage.getItem(SOUND) !== "off")
  const now = shallowRef<WallView | null>(null)
  const failed = shallowRef<ErrorCode | "offline" | null>(null)
  let isWatching = false

  async function watch() {
    isWatching = true
    try {
      const reply = await command({ type: "wall.watch", watching: true })
      failed.value = reply.ok ? null : reply.code
      if (reply.ok && "wall" in reply) now.value = reply.wall
    } catch {
      if (!now.value) failed.value = "offline"
    }
  }

  return {
    now,
    failed,
    hasSound,
    setSound(on) {
      hasSound.value = on
      storage.setItem(SOUND, on ? "on" : "off")
    },
    watch,
    put(wall) {
      if (!now.value || wall.made_at >= now.value.made_at) now.value = wall
    },
    unwatch() {
      isWatching = false
      command({ type: "wall.watch", watching: false }).catch(() => {})
    },
    resume() {
      if (isWatching) void watch()
    },
  }
}
