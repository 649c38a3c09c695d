// Written by tools/types from app/contract. Change the Structs, not this file.

export const CONTRACT_VERSION = 1

/** The longest text, in characters, or list each named value may be. */
export const LIMITS = {
  messageBody: 10000,
  preview: 500,
  line: 200,
  tag: 40,
  statusKey: 40,
  url: 2000,
  attachments: 10,
  email: 254,
  emailOrNone: 254,
  articleTitle: 200,
  articleCategory: 60,
  articleBody: 100000,
  articleSlug: 100,
  articleLocale: 35,
} as const
