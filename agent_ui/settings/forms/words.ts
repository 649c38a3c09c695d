import { useSettingWords } from "../../settings/shared/words"
import { createPack } from "../../shared/words/pack"
import en from "./words.en.json"

export const useFormsWords = createPack(
  en,
  { de: () => import("./words.de.json"), ar: () => import("./words.ar.json") },
  useSettingWords,
)
