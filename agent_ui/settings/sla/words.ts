import { useSettingWords } from "../../settings/shared/words"
import { createPack } from "../../shared/words/pack"
import { useSlaWords } from "../../sla/words"
import en from "./words.en.json"

export const useSlaSettingsWords = createPack(
  en,
  { de: () => import("./words.de.json"), ar: () => import("./words.ar.json") },
  useSlaWords,
  useSettingWords,
)
