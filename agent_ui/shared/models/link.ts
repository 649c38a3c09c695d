import type { Connection } from "@parley/client/connection"
import type { AgentSide } from "@parley/client/contract"

/** For models of one screen: to ask, and to listen for events. */
export type Link = Pick<Connection<AgentSide>, "command" | "onEvent" | "onConnected">
