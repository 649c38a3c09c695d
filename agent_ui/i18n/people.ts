import { createPack } from "../shared/words/pack"
import en from "./people.en.json"

/** Words of the pages about people, accounts and the first run. */
export const usePeopleWords = createPack(en, {
  ar: () => import("./people.ar.json"),
  de: () => import("./people.de.json"),
})
