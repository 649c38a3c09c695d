import { useConversationWords } from "../conversation/words"
import { useCommandWords } from "../shared/commands/words"
import { createPack } from "../shared/words/pack"
import en from "./words.en.json"

export const useShellWords = createPack(
  en,
  { de: () => import("./words.de.json"), ar: () => import("./words.ar.json") },
  useConversationWords,
  useCommandWords,
)
