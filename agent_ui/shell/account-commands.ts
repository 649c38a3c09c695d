import type { Presence } from "@parley/client/contract"
import { createConversationModel } from "../conversation/model"
import { createInboxModel } from "../inbox/model"
import type { Bindings, Choice } from "../shared/commands/key-bindings"
import type { AgentApp } from "../shared/models/agent-app"
import { createSingleKeys } from "../shared/models/single-keys"
import { LANGUAGES, type Words } from "../shared/words/translate"
import { createAccountModel } from "./model"

const PRESENCES: readonly Presence[] = ["online", "away", "busy", "offline"]

interface Account {
  language(code: string): void
  signOut(): void
}

/** What an agent sets for themself. */
export function accountCommands(app: AgentApp, words: Words, account: Account): Bindings {
  const { people } = app
  const { alerts } = app.model(createInboxModel)
  const { holdMs, setHold } = app.model(createConversationModel)
  const { keysOn, setKeys } = app.model(createSingleKeys)
  const { setIdle, setPresence, setTakesChats } = app.model(createAccountModel)
  const onOff = (isOn: () => boolean, set: (on: boolean) => unknown) => ({ isOn, run: () => void set(!isOn()) })

  const presences = (): Choice[] =>
    PRESENCES.map(presence => ({
      id: presence,
      label: words.t(`presence.${presence}`),
      isChosen: people.me.value.presence === presence,
      run: () => void setPresence(presence),
    }))
  const languages = (): Choice[] =>
    LANGUAGES.map(({ code, name }) => ({
      id: code,
      label: name,
      isChosen: words.code === code,
      run: () => account.language(code),
    }))

  return {
    presence: { choices: presences },
    takes_chats: onOff(() => people.me.value.takes_chats, setTakesChats),
    sound: onOff(() => alerts.hasSound.value, alerts.setSound),
    desktop: onOff(() => alerts.hasDesktop.value, alerts.setDesktop),
    silent: onOff(() => alerts.isSilent.value, alerts.setSilent),
    hold: onOff(() => holdMs.value > 0, setHold),
    idle: onOff(() => people.me.value.idle_seconds !== null, setIdle),
    single_keys: onOff(() => keysOn.value, setKeys),
    language: { choices: languages },
    sign_out: account.signOut,
  }
}
