// Written by tools/types from app/contract. Change the Structs, not this file.

/** A contact's score of a conversation: 1 (bad) to 5 (good). */
export interface ScoreView {
  conversation_id: string
  score: number
  comment: string
  answered_at: string
}

/** CSAT: 1 (bad) to 5 (good) and a comment, once per conversation; a later answer replaces the earlier. */
export interface AnswerSurvey {
  type: "survey.answer"
  conversation_id: string
  /** From 1, to 5. */
  score: number
  /** At most 2000 characters. */
  comment?: string
}
