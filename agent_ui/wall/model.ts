import { timedId } from "@parley/client/outbox"
import { useApp } from "../shared/context"
import type { AgentApp } from "../shared/models/agent-app"
import { createWall } from "./models/live-wall"
import { createSupervising } from "./models/supervising"

export const useWall = () => useApp().model(createWallModel)
export const useSupervising = () => useApp().model(createSupervisingModel)

export function createWallModel({ connection, storage }: AgentApp) {
  const wall = createWall(connection.command, storage)
  connection.onEvent(event => {
    if (event.type === "wall.changed") wall.put(event.wall)
    else if (event.type === "wall.moved") wall.move(event)
  })
  connection.onConnected(wall.resume)
  return wall
}

const createSupervisingModel = ({ connection, conversations, notify }: AgentApp) =>
  createSupervising({ command: connection.command, conversations, notify, newId: timedId })
