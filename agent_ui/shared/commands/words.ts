import { createPack } from "../words/pack"
import en from "./words.en.json"

export const useCommandWords = createPack(en, {
  de: () => import("./words.de.json"),
  ar: () => import("./words.ar.json"),
})
