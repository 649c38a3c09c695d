import { useApp } from "../shared/context"
import { createSlaClocks } from "./models/sla-clocks"

/** The SLA clocks of one conversation, for as long as a component shows them. */
export const useSlaClocks = () => {
  const { api, connection, clock } = useApp()
  return createSlaClocks(api, connection, clock)
}

export { useDueWords as useDurationWords } from "./components/use-due-words"
