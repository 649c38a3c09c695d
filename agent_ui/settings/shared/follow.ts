import type { ConfigArea } from "@parley/client/contract"
import { onMounted, onUnmounted } from "vue"
import { useApp } from "../../shared/context"
import type { AgentApp } from "../../shared/models/agent-app"

/** Loads again whenever an admin changes one of these areas, here or elsewhere, and when the connection comes back. */
export function follow(
  { connection, onConfig }: Pick<AgentApp, "connection" | "onConfig">,
  areas: readonly ConfigArea[],
  load: () => unknown,
): () => void {
  const stops = [onConfig(area => areas.includes(area) && void load()), connection.onConnected(() => void load())]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Loads what a page shows when it opens, and follows these areas while it is open. */
export function useFollow(areas: readonly ConfigArea[], load: () => unknown): void {
  onMounted(() => void load())
  onUnmounted(follow(useApp(), areas, load))
}
