import type { Connection } from "@parley/client/connection"
import type { AgentSide, ErrorCode, WallMoved, WallView } from "@parley/client/contract"
import { type ShallowRef, shallowRef } from "vue"

export interface Wall {
  now: Readonly<ShallowRef<WallView | null>>
  /** Why there is nothing to see. */
  failed: Readonly<ShallowRef<ErrorCode | "offline" | null>>
  /** Whether a figure that goes over its threshold is heard. */
  hasSound: Readonly<ShallowRef<boolean>>
  setSound(on: boolean): void
  put(wall: WallView): void
  /** Rows that changed; a wall too old for them is asked for anew. */
  move(rows: WallMoved): void
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
  let isAsking = false

  async function watch() {
    isWatching = true
    isAsking = true
    try {
      const reply = await command({ type: "wall.watch", watching: true, by_rows: true })
      failed.value = reply.ok ? null : reply.code
      if (reply.ok && "wall" in reply) now.value = reply.wall
    } catch {
      if (!now.value) failed.value = "offline"
    } finally {
      isAsking = false
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
    move({ type: _, after, queues, agents, stuck, ...figures }) {
      const held = now.value
      if (!held || held.made_at < after) {
        // The answer that is on its way holds these rows.
        if (isWatching && !isAsking) void watch()
        return
      }
      if (figures.made_at < held.made_at) return
      const queue = new Map(queues.map(it => [it.team_id, it]))
      const row = new Map(agents.map(it => [it.agent.id, it]))
      now.value = {
        ...figures,
        stuck: stuck ?? held.stuck,
        queues: held.queues.map(it => queue.get(it.team_id) ?? it),
        agents: held.agents.map(it => row.get(it.agent.id) ?? it),
      }
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
