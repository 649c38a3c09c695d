import { createPack } from "../shared/words/pack"
import en from "./words.en.json"

export const useChangeWords = createPack(en, {
  de: () => import("./words.de.json"),
  ar: () => import("./words.ar.json"),
})
