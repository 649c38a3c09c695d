import { type InjectionKey, inject, onScopeDispose, provide, shallowRef } from "vue"
import { COMMAND_IDS, type CommandId } from "./commands"

/** One of several things a command may come to. */
export interface Choice {
  id: string
  label: string
  icon?: string
  /** More about it, in the palette. */
  hint?: string
  isChosen?: boolean
  run(): unknown
}

/** What a command does on this screen. */
export interface Binding {
  /** Returns false when there was nothing to do it to. */
  run?(): unknown
  /** Instead of `run`: the agent is asked which. */
  choices?(): readonly Choice[]
  /** For a switch: how it stands. */
  isOn?(): boolean
  /** Whether there is something to do it to now. Always, where it is left out. */
  isThere?(): boolean
  /** More about it, in the palette. */
  hint?(): string
  /** Whether a letter right after it means that it was typing. As its command says, where it is left out. */
  waits?(): boolean
}

export type Bindings = Partial<Record<CommandId, Binding | (() => unknown)>>

export interface KeyBindings {
  bind(bindings: Bindings): () => void
  /** False when nothing on the screen knows the command, or nothing is there for it. */
  run(id: CommandId): boolean
  knows(id: CommandId): boolean
  of(id: CommandId): Binding | null
  /** Everything that can be done now, in the order of the commands. */
  known(): CommandId[]
}

const BINDINGS: InjectionKey<KeyBindings> = Symbol("key bindings")

function createKeyBindings(choose: (id: CommandId) => void): KeyBindings {
  const bound = shallowRef<readonly Bindings[]>([])

  function of(id: CommandId): Binding | null {
    const found = bound.value.findLast(bindings => bindings[id])?.[id]
    return typeof found === "function" ? { run: found } : (found ?? null)
  }

  const knows = (id: CommandId) => {
    const binding = of(id)
    return binding !== null && binding.isThere?.() !== false && binding.choices?.().length !== 0
  }

  return {
    bind(bindings) {
      bound.value = [...bound.value, bindings]
      return () => {
        bound.value = bound.value.filter(it => it !== bindings)
      }
    },
    run(id) {
      const binding = of(id)
      if (!binding || !knows(id)) return false
      if (binding.run) return binding.run() !== false
      choose(id)
      return true
    },
    knows,
    of,
    known: () => COMMAND_IDS.filter(knows),
  }
}

/** `choose` asks the agent which of a command's choices is meant. */
export function provideKeyBindings(choose: (id: CommandId) => void): KeyBindings {
  const bindings = createKeyBindings(choose)
  provide(BINDINGS, bindings)
  return bindings
}

/** The commands of this screen, for its menus. */
export function useCommands(): KeyBindings {
  const bindings = inject(BINDINGS)
  if (!bindings) throw new Error("nothing provides key bindings")
  return bindings
}

/** What commands do while the calling component is there. The innermost wins. */
export function useKeyBindings(bindings: Bindings): void {
  const unbind = inject(BINDINGS)?.bind(bindings)
  if (unbind) onScopeDispose(unbind)
}
