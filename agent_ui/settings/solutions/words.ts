import { createPack } from "../../shared/words/pack"
import { useSettingWords } from "../shared/words"
import en from "./words.en.json"

export const useSolutionsWords = createPack(
  en,
  { de: () => import("./words.de.json"), ar: () => import("./words.ar.json") },
  useSettingWords,
)
