import { type ShallowRef, shallowRef } from "vue"
import type { AgentApp } from "./agent-app"

export interface SingleKeys {
  /** Whether keys that write a character are commands. */
  keysOn: Readonly<ShallowRef<boolean>>
  setKeys(on: boolean): void
}

const SINGLE_KEYS = "parley.single_keys"

export function createSingleKeys({ storage }: AgentApp): SingleKeys {
  const keysOn = shallowRef(storage.getItem(SINGLE_KEYS) !== "off")
  return {
    keysOn,
    setKeys(on) {
      keysOn.value = on
      storage.setItem(SINGLE_KEYS, on ? "on" : "off")
    },
  }
}
