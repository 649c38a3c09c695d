import type { AttachmentView } from "@parley/client/contract"
import type { OutboxEntry } from "@parley/client/outbox"
import type { SendMore } from "@parley/client/thread"
import { expect, test } from "vitest"
import { ApiError } from "../models/api"
import { createComposer } from "../models/composer"
import { draftsOn } from "./making"
import { memoryStorage } from "./memory-storage"
import { settle } from "./travel"

const FILE: AttachmentView = {
  id: "f",
  name: "a.png",
  content_type: "image/png",
  size: 9,
  width: 1,
  height: 1,
  url: "/f",
}
const file = (name: string, size = 9) => ({ name, size }) as File

function composing(storage = memoryStorage()) {
  const sent: [string, SendMore][] = []
  const typing: boolean[] = []
  const uploads: { resolve(file: AttachmentView): void; reject(error: unknown): void; isCancelled: boolean }[] = []
  const thread = {
    async send(body: string, more: SendMore) {
      sent.push([body, more])
      return {} as OutboxEntry
    },
    setTyping: (isTyping: boolean) => void typing.push(isTyping),
    snapshot: () => ({ last_seq: 7 }),
  }
  const drafts = draftsOn(storage, "ana")
  const composer = createComposer("c", thread, drafts, () => {
    let settlers = { resolve: (_: AttachmentView) => {}, reject: (_: unknown) => {} }
    const done = new Promise<AttachmentView>((resolve, reject) => {
      settlers = { resolve, reject }
    })
    const upload = { ...settlers, isCancelled: false }
    uploads.push(upload)
    return {
      done,
      cancel() {
        upload.isCancelled = true
        upload.reject(new Error("cancelled"))
      },
    }
  })
  return { composer, sent, typing, uploads, storage, drafts }
}

test("a reply says what its writer had seen, and leaves an empty field", async () => {
  const { composer, sent } = composing()
  composer.write("  Hello \n")
  await composer.send()
  expect(sent).toEqual([["Hello", { attachments: [], visibility: "public", seen_seq: 7 }]])
  expect(composer.body.value).toBe("")
})

test("a note is sent as a note, says nothing of typing, and the next message is a reply again", async () => {
  const { composer, sent, typing } = composing()
  composer.setMode("internal")
  composer.write("Careful")
  await composer.send()
  expect(sent).toEqual([["Careful", { attachments: [], visibility: "internal" }]])
  expect(typing).not.toContain(true)
  expect(composer.mode.value).toBe("public")
})

test("nothing is sent while there is nothing to say, too much, or a file still on its way", async () => {
  const { composer, sent, uploads } = composing()
  expect(composer.canSend.value).toBe(false)
  composer.write("x".repeat(10_003))
  expect(composer.excess.value).toBe(3)
  composer.write("ok")
  composer.attach([file("a.png")])
  expect(await composer.send()).toBeNull()
  uploads[0]?.resolve(FILE)
  await settle()
  expect(await composer.send()).not.toBeNull()
  expect(sent[0]?.[1].attachments).toEqual([FILE])
})

test("text, mode and arrived files are there again on the next page", async () => {
  const { composer, uploads, storage } = composing()
  composer.setMode("internal")
  composer.write("Half")
  composer.attach([file("a.png")])
  uploads[0]?.resolve(FILE)
  await settle()
  const again = composing(storage).composer
  expect([again.body.value, again.mode.value, again.files.value.map(it => it.attachment)]).toEqual([
    "Half",
    "internal",
    [FILE],
  ])
})

test.each([
  ["too_large", file("big.zip", 11_000_000)],
  ["too_many", file("eleventh.png")],
] as const)("a file that is %s is not even sent", (kind, extra) => {
  const { composer, uploads } = composing()
  if (kind === "too_many") composer.attach(Array.from({ length: 10 }, (_, index) => file(`${index}.png`)))
  const before = uploads.length
  composer.attach([extra])
  expect(composer.problem.value).toEqual({ kind, name: extra.name })
  expect(uploads).toHaveLength(before)
})

test("a refused file disappears with the reason; a removed one is cancelled in silence", async () => {
  const { composer, uploads } = composing()
  composer.attach([file("virus.exe"), file("b.png")])
  const refused = { code: "invalid" as const, detail: "", retry_seconds: null, missed: [] }
  uploads[0]?.reject(new ApiError(400, refused))
  composer.remove(composer.files.value[1]?.key ?? "")
  await settle()
  expect(composer.files.value).toEqual([])
  expect(composer.problem.value).toEqual({ kind: "damaged", name: "virus.exe" })
  expect(uploads[1]?.isCancelled).toBe(true)
})

test("inserted text goes where the caret is, with a space before it, and makes it a reply", () => {
  const { composer } = composing()
  composer.setMode("internal")
  composer.write("See. Bye")
  const caret = composer.insert("Use the form.", 4, 5)
  expect(composer.body.value).toBe("See. Use the form.Bye")
  expect(caret).toBe(18)
  expect(composer.mode.value).toBe("public")
})

test("a refused message comes back before what was written since", () => {
  const { composer } = composing()
  composer.write("And more")
  const command = {
    type: "message.send",
    client_id: "x",
    conversation_id: "c",
    body: "First",
    visibility: "public",
  } as const
  composer.takeBack({ command, attachments: [FILE] } as unknown as OutboxEntry)
  expect(composer.body.value).toBe("First\n\nAnd more")
  expect(composer.files.value).toHaveLength(1)
})
