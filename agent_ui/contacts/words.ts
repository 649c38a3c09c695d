import { useCommandWords } from "../shared/commands/words"
import { createPack } from "../shared/words/pack"
import { useTicketsWords } from "../tickets/words"
import { useWhyWords } from "../why/words"
import en from "./words.en.json"

export const useContactsWords = createPack(
  en,
  { de: () => import("./words.de.json"), ar: () => import("./words.ar.json") },
  useTicketsWords,
  useWhyWords,
  useCommandWords,
)
