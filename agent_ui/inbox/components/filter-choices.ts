import { useConversation } from "../../conversation/model"
import type { Choice } from "../../shared/commands/key-bindings"
import { useApp, useWords } from "../../shared/context"
import { type Filter, PRIORITIES, sortOf, sortsOn, usualSort, VIEWS } from "../../shared/models/order"

/** What the list can be narrowed by, under one name. */
export interface FilterGroup {
  label: string
  icon: string
  choices: readonly Choice[]
}

/** Everything the list can show, for its menus and the palette. */
export function useFilterChoices(filter: () => Filter, show: (change: Partial<Filter>) => void) {
  const { t } = useWords()
  const { people } = useApp()
  const { toolbox } = useConversation()

  /** Choosing what is chosen already lets go of it. */
  function choice(
    id: string,
    label: string,
    isChosen: boolean,
    change: Partial<Filter>,
    without: Partial<Filter>,
  ): Choice {
    return { id, label, isChosen, run: () => show(isChosen ? without : change) }
  }

  const views = (): Choice[] => [
    ...VIEWS.map(view => ({
      id: view,
      label: t(`view.${view}`),
      isChosen: filter().view === view,
      // Each view has its own usual order.
      run: () => show({ view, sort: usualSort({ view, shelf: filter().shelf }) }),
    })),
    ...(["open", "resolved"] as const).map(shelf => ({
      id: shelf,
      label: t(`shelf.${shelf}`),
      isChosen: filter().shelf === shelf,
      run: () => show({ shelf }),
    })),
    ...toolbox.views.value
      .filter(view => view.tickets === null)
      .map(view => ({
        id: view.id,
        label: view.name,
        icon: view.is_shared ? "i-lucide-users" : "i-lucide-bookmark",
        run: () => show(view.filter),
      })),
  ]

  const sorts = (): Choice[] =>
    sortsOn(filter().shelf).map(sort => choice(sort, t(`sort.${sort}`), sortOf(filter()) === sort, { sort }, { sort }))

  /** With one inbox there is nothing to choose. */
  const manyInboxes = () => (people.inboxes.value.length > 1 ? people.inboxes.value : [])

  const groups = (): FilterGroup[] =>
    [
      {
        label: t("fact.priority"),
        icon: "i-lucide-chevrons-up",
        choices: PRIORITIES.map(priority =>
          choice(priority, t(`priority.${priority}`), filter().priority === priority, { priority }, { priority: null }),
        ),
      },
      {
        label: t("fact.status"),
        icon: "i-lucide-circle-dot",
        choices: people.statuses.value.map(({ key, name }) =>
          choice(key, name, filter().status === key, { status: key }, { status: "" }),
        ),
      },
      {
        label: t("fact.tags"),
        icon: "i-lucide-tag",
        choices: toolbox.tags.value.map(tag => choice(tag, tag, filter().tag === tag, { tag }, { tag: "" })),
      },
      {
        label: t("fact.team"),
        icon: "i-lucide-users",
        choices: people.teams.value.map(({ id, name }) =>
          choice(id, name, filter().team_id === id, { team_id: id }, { team_id: null }),
        ),
      },
      {
        label: t("fact.assignee"),
        icon: "i-lucide-circle-user",
        choices: people
          .agents()
          .map(({ id, name }) =>
            choice(id, name, filter().agent_id === id, { agent_id: id, view: "all" }, { agent_id: null }),
          ),
      },
      {
        label: t("fact.inbox"),
        icon: "i-lucide-inbox",
        choices: manyInboxes().map(({ id, name }) =>
          choice(id, name, filter().inbox_id === id, { inbox_id: id }, { inbox_id: null }),
        ),
      },
    ].filter(group => group.choices.length > 0)

  const filters = (): Choice[] =>
    groups().flatMap(group =>
      group.choices.map(it => ({ ...it, icon: group.icon, label: `${group.label}: ${it.label}` })),
    )

  return { views, sorts, groups, filters }
}
