import type { Visibility } from "@parley/client/contract"
import type { ShallowRef } from "vue"
import type { Binding, Bindings, Choice } from "../../shared/commands/key-bindings"
import { useApp, useWords } from "../../shared/context"
import { isOfferedTo, PRIORITIES } from "../../shared/models/order"
import { PRIORITY_ICONS } from "../../shared/models/priority-icons"
import { useConversation } from "../model"
import type { DialogName } from "./names"

interface Pane {
  write(mode: Visibility | "keep"): void
  isOther(mode: Visibility): boolean
}

export interface CommandSubjects {
  /** The conversation that is open. */
  openId(): string | null
  /** Marked rows of a list; while there are any, they are what a command is about. */
  markedIds(): readonly string[]
  unmark(): void
  dialog: ShallowRef<{ name: DialogName; ids: readonly string[] } | null>
  pane(): Pane | null
}

/** What can be done with conversations on any page that shows them: with the marked rows, else with the open one. */
export function useConversationCommands({ openId, markedIds, unmark, dialog, pane }: CommandSubjects) {
  const { t } = useWords()
  const { people, conversations } = useApp()
  const { actions, bulk } = useConversation()

  function subjects(): readonly string[] {
    if (markedIds().length > 0) return markedIds()
    const id = openId()
    return id === null ? [] : [id]
  }

  /** An action on the open conversation; without one, nothing. */
  const onOpen = (act: (open: string) => unknown) => () => {
    const id = openId()
    if (id === null) return false
    void act(id)
    return true
  }

  /** The same for one and for many; what was marked is no longer, once it has been acted on. */
  function onSubjects(one: (id: string) => unknown, many: (ids: readonly string[]) => unknown) {
    return () => {
      const ids = subjects()
      const [first] = ids
      if (first === undefined) return
      if (markedIds().length === 0) return void one(first)
      void many(ids)
      unmark()
    }
  }

  function ask(name: DialogName) {
    const ids = subjects()
    if (ids.length === 0) return false
    dialog.value = { name, ids }
    return true
  }

  const isSomething = () => subjects().length > 0
  const isOne = () => subjects().length === 1
  const row = () => conversations.get(openId() ?? "")
  const isOffered = () => isOfferedTo(row() ?? null, people.meId)

  const mayFollow = (key: string) => subjects().every(it => people.mayFollow(conversations.get(it)?.status ?? "", key))
  const statuses = (): Choice[] =>
    people.statuses.value
      .filter(it => mayFollow(it.key))
      .map(({ key, name }) => ({
        id: key,
        label: name,
        isChosen: row()?.status === key,
        run: onSubjects(
          one => actions.setStatus(one, key),
          ids => bulk.change(ids, { status: key }, { key: "done.status", values: { status: name } }),
        ),
      }))
  const priorities = (): Choice[] =>
    PRIORITIES.map(priority => ({
      id: priority,
      label: t(`priority.${priority}`),
      icon: PRIORITY_ICONS[priority],
      isChosen: row()?.priority === priority,
      run: onSubjects(
        one => actions.setPriority(one, priority),
        ids => bulk.setPriority(ids, priority),
      ),
    }))

  function asking(name: DialogName, isThere = isSomething): Binding {
    return { run: () => ask(name), isThere }
  }

  /** Writing goes on in the mode it is in; a letter that would change who reads it may have been meant as text. */
  const writing = (mode: Visibility): Binding => ({
    run: onOpen(() => pane()?.write(mode)),
    isThere: () => openId() !== null,
    waits: () => pane()?.isOther(mode) ?? false,
  })

  const bindings: Bindings = {
    resolve: { run: onSubjects(actions.toggleResolved, bulk.toggleResolved), isThere: isSomething },
    assign: asking("assign"),
    assign_me: {
      run: onSubjects(actions.take, ids => bulk.assign(ids, { agent_id: people.meId, team_id: null })),
      isThere: isSomething,
    },
    transfer: asking("transfer", isOne),
    snooze: asking("snooze"),
    tag: asking("tag"),
    escalate: asking("escalate", isOne),
    priority: { choices: priorities, isThere: isSomething },
    status: { choices: statuses, isThere: isSomething },
    accept: { run: onOpen(actions.accept), isThere: isOffered },
    decline: { run: onOpen(actions.decline), isThere: isOffered },
    ask_email: { run: onOpen(actions.askEmail), isThere: () => row() !== undefined && !row()?.contact.email },
    ticket: { run: onOpen(actions.openTicket), isThere: () => row() !== undefined && row()?.ticket === null },
    reply: writing("public"),
    note: writing("internal"),
  }

  return { ask, bindings }
}
