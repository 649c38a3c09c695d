// Written by tools/types from app/contract. Change the Structs, not this file.

export type SolutionState = "draft" | "in_review" | "proposed" | "approved" | "rejected" | "withdrawn"

/** `PUT /api/v1/conversations/{conversation_id}/solution`: the draft. Only `text` is shown to the customer. */
export interface SaveSolution {
  /** At most 4000 characters. */
  problem?: string
  /** At most 4000 characters. */
  cause?: string
  /** At most 4000 characters. */
  steps?: string
  /** At most 4000 characters. */
  text?: string
  /** At most 60 characters. */
  category?: string
  article_id?: string | null
}

/** `POST /api/v1/conversations/{conversation_id}/solution/review`: returning it needs words. */
export interface ReviewSolution {
  is_approved: boolean
  /** At most 2000 characters. */
  note?: string
}

/**
 * `POST /api/v1/widget/conversations/{conversation_id}/solution`: the customer's answer to what was proposed. Not solved yet
 * needs a word about what is missing.
 */
export interface AnswerSolution {
  is_solved: boolean
  /** At most 2000 characters. */
  word?: string
}

/** A solution. `article_title` names its linked article. `may_review` is the reader's own. */
export interface SolutionView {
  id: string
  conversation_id: string
  state: SolutionState
  problem: string
  cause: string
  steps: string
  text: string
  category: string
  article_id: string | null
  article_title: string | null
  author_id: string
  author_name: string
  reviewer_name: string
  review_note: string
  answer: string
  is_silent: boolean
  may_review: boolean
  changed_at: string
  proposed_at: string | null
  answered_at: string | null
}

/**
 * The newest solution of a conversation, empty before the first, and what a new one begins with: the customer's first
 * message as the problem, the last answers as steps. `needs_review`: its team has a supervisor look first.
 */
export interface SolutionIs {
  solution: SolutionView | null
  prefilled: SaveSolution
  needs_review: boolean
  silent_days: number
  ok: true
}

/** A team, and whether its solutions are reviewed before a customer sees them. */
export interface ReviewingTeam {
  team_id: string
  name: string
  reviews: boolean
}

/**
 * The settings of solutions: after `silent_days` without an answer one counts as approved, and `close_days` after it was
 * resolved a conversation closes; 0 for never.
 */
export interface SolutionSettings {
  silent_days: number
  close_days: number
  teams: ReviewingTeam[]
  ok: true
}

/** `PUT /api/v1/solutions/settings`: the teams named review their solutions, all others do not. */
export interface SetSolutionSettings {
  /** From 0, to 365. */
  silent_days: number
  /** From 0, to 365. */
  close_days: number
  /** At most 500 entries. */
  reviewing_team_ids: string[]
}
