import { useSettingWords } from "../../settings/shared/words"
import { createPack } from "../../shared/words/pack"
import { useWarningsWords } from "../../warnings/words"
import { useWhyWords } from "../../why/words"
import en from "./words.en.json"

export const useRoutingWords = createPack(
  en,
  { de: () => import("./words.de.json"), ar: () => import("./words.ar.json") },
  useWhyWords,
  useWarningsWords,
  useSettingWords,
)
