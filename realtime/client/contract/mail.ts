// Written by tools/types from app/contract. Change the Structs, not this file.

export type MailState = "queued" | "waiting" | "held" | "retrying" | "sent" | "failed" | "discarded"

/**
 * `GET /api/v1/mail/status`: how mail leaves, and how many mails have not left.
 *
 * `host` is empty without a mail host. `waiting` wait for one; `held` waited longer than `max_age_hours` and leave only
 * when an admin says so. `problem` is the latest reason a mail did not leave. `mail_ok_at` is when the mail host last
 * accepted a test mail.
 */
export interface MailStatus {
  host: string | null
  sender: string
  waiting: number
  held: number
  queued: number
  retrying: number
  failed: number
  problem: string | null
  max_age_hours: number
  mail_ok_at: string | null
  ok: true
}

/** `POST /api/v1/mail/test`: whether the mail host accepted a mail to `recipient`, in a sentence. */
export interface MailTested {
  is_accepted: boolean
  recipient: string
  says: string
  mail_ok_at: string | null
  ok: true
}

/** `POST /api/v1/mail/held`: send the mail that waited too long after all, or discard it. */
export interface SettleHeldMail {
  do: "send" | "discard"
}
