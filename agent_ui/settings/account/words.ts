import { useSettingWords } from "../../settings/shared/words"
import { createPack } from "../../shared/words/pack"
import { useSignInWords } from "../../sign-in/words"
import en from "./words.en.json"

export const useAccountWords = createPack(
  en,
  { de: () => import("./words.de.json"), ar: () => import("./words.ar.json") },
  useSignInWords,
  useSettingWords,
)
