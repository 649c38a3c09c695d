import type { DropdownMenuItem } from "@nuxt/ui"
import { useApp, useWords } from "../context"
import { createSingleKeys } from "../models/single-keys"
import type { Key } from "../words/translate"
import { type COMMANDS, type CommandId, specOf } from "./commands"
import { type Choice, useCommands } from "./key-bindings"
import { keysOf } from "./keys"

/** The commands that menus show: their names are among the words that are there from the start. */
export type MenuCommand = {
  [K in CommandId]: (typeof COMMANDS)[K]["name"] extends Key ? K : never
}[CommandId]

/** A key as the menus and the palette draw it. */
export const capsOf = (id: CommandId) =>
  keysOf(id).flatMap(key => key.split("+").map(part => (part === "mod" ? "meta" : part)))

export const choiceItem = ({ label, icon, isChosen, run }: Choice): DropdownMenuItem => ({
  type: "checkbox",
  label,
  ...(icon ? { icon } : {}),
  checked: isChosen ?? false,
  onSelect: () => void run(),
})

/** More than the eye takes in at once. */
const MANY = 12

/** A menu below an item: long ones begin with a field that narrows them. */
export const searchable = (
  children: DropdownMenuItem[],
  hint: string,
): Pick<DropdownMenuItem, "children" | "filter" | "ui"> => ({
  children,
  ...(children.length > MANY ? { filter: { placeholder: hint }, ui: { content: "max-h-96" } } : {}),
})

/** Builds the items of a menu out of commands, so that no menu can do what the palette cannot. */
export function useMenu() {
  const { t } = useWords()
  const commands = useCommands()
  const { keysOn } = useApp().model(createSingleKeys)

  function item(id: MenuCommand): DropdownMenuItem {
    const { name, icon } = specOf(id)
    const binding = commands.of(id)
    const common = { label: t(name as Key), icon }
    if (binding?.choices) return { ...common, ...searchable(binding.choices().map(choiceItem), t("filter.search")) }
    if (binding?.isOn) {
      return {
        ...common,
        type: "checkbox",
        checked: binding.isOn(),
        onUpdateChecked: () => void binding.run?.(),
        onSelect: event => event.preventDefault(),
      }
    }
    return {
      ...common,
      ...(keysOn.value ? { kbds: capsOf(id) } : {}),
      disabled: !commands.knows(id),
      onSelect: () => void commands.run(id),
    }
  }

  return { item, items: (...ids: MenuCommand[]) => ids.map(item) }
}
