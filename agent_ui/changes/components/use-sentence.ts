import type { ActivityView } from "@parley/client/contract"
import { useApp } from "../../shared/context"
import { createChangesModel } from "../model"
import { type Sentence, sentenceOf } from "../sentence"
import { useChangeWords } from "../words"

/** What changes say, in the reader's language. */
export function useSentence(contactName: () => string): (activity: ActivityView) => Sentence {
  const words = useChangeWords()
  const app = useApp()
  const { name } = app.model(createChangesModel)
  return activity => sentenceOf(activity, { words, people: app.people, name, contactName: contactName() })
}
