import { type InjectionKey, inject, onScopeDispose, provide } from "vue"
import type { KeyAction } from "../models/keys"

/** One that returns false had nothing to do it to. */
type Handlers = Partial<Record<KeyAction, () => unknown>>

export interface KeyBindings {
  bind(handlers: Handlers): () => void
  /** False when nothing on the screen knows the action, or nothing is there for it. */
  run(action: KeyAction): boolean
  knows(action: KeyAction): boolean
}

const BINDINGS: InjectionKey<KeyBindings> = Symbol("key bindings")

function createKeyBindings(): KeyBindings {
  const bound: Handlers[] = []
  const find = (action: KeyAction) => bound.findLast(handlers => handlers[action])?.[action]
  return {
    bind(handlers) {
      bound.push(handlers)
      return () => {
        bound.splice(bound.indexOf(handlers), 1)
      }
    },
    run(action) {
      const act = find(action)
      return act !== undefined && act() !== false
    },
    knows: action => find(action) !== undefined,
  }
}

export function provideKeyBindings(): KeyBindings {
  const bindings = createKeyBindings()
  provide(BINDINGS, bindings)
  return bindings
}

/** What keys do while the calling component is there. The innermost wins. */
export function useKeyBindings(handlers: Handlers): void {
  const unbind = inject(BINDINGS)?.bind(handlers)
  if (unbind) onScopeDispose(unbind)
}
