import type { AttachmentView, Visibility } from "@parley/client/contract"
import type { OutboxEntry } from "@parley/client/outbox"
import type { SendMore } from "@parley/client/thread"
import { expect, test } from "vitest"
import { createComposer } from "../conversation/models/composer"
import { ApiError } from "../shared/models/api"
import { at, draftsOn } from "./making"
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
  const upload = () => {
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
  }
  const composer = createComposer("c", thread, drafts, upload, 5_000_000)
  return { composer, sent, typing, uploads, storage, drafts }
}

test("a reply says what its writer had seen, and leaves an empty field", async () => {
  const { composer, sent } = composing()
  composer.write("  Hello \n")
  await composer.send()
  expect(sent).toEqual([["Hello", { attachments: [], visibility: "public", seen_seq: 7 }]])
  expect(composer.body.value).toBe("")
})

test("after a note the next message is a note too, here and on the next page", async () => {
  const { composer, sent, typing, storage } = composing()
  composer.setMode("internal")
  composer.write("Careful")
  await composer.send()
  composer.write("Very careful")
  await composer.send()
  expect(sent.map(([body, more]) => [body, more.visibility])).toEqual([
    ["Careful", "internal"],
    ["Very careful", "internal"],
  ])
  expect(typing).not.toContain(true)
  expect(composer.mode.value).toBe("internal")
  expect(composing(storage).composer.mode.value).toBe("internal")
})

test("nothing is sent while there is nothing to say, too much, or a file still on its way", async () => {
  const { composer, sent, uploads } = composing()
  expect(composer.canSend.value).toBe(false)
  composer.write("x".repeat(12_001))
  expect([composer.isTooLong.value, composer.size.value, composer.body.value.length]).toEqual([true, 12_001, 12_001])
  expect(await composer.send()).toBeNull()
  composer.write("😀".repeat(10_000))
  expect([composer.isTooLong.value, composer.size.value]).toEqual([false, 10_000])
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
  ["too_large", file("big.zip", 5_000_001)],
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

test("inserted text goes where the caret is, with a space before it, and stays a note in a note", () => {
  const { composer } = composing()
  composer.setMode("internal")
  composer.write("See. Bye")
  const caret = composer.insert("Use the form.", 4, 5)
  expect(composer.body.value).toBe("See. Use the form.Bye")
  expect(caret).toBe(18)
  expect(composer.mode.value).toBe("internal")
})

function entryOf(body: string, visibility: Visibility = "public", attachments: AttachmentView[] = [FILE]) {
  const command = { type: "message.send", client_id: "x", conversation_id: "c", body, visibility } as const
  return { command, attachments } as unknown as OutboxEntry
}

test("a refused message comes back before what was written since", () => {
  const { composer } = composing()
  composer.write("And more")
  composer.takeBack(entryOf("First"))
  expect(composer.body.value).toBe("First\n\nAnd more")
  expect(composer.files.value).toHaveLength(1)
})

test("a reply that is taken back while a note is written waits under Reply, and neither changes its readers", async () => {
  const { composer, sent, storage } = composing()
  composer.setMode("internal")
  composer.write("She called")
  composer.takeBack(entryOf("Dear Ana"))
  expect([composer.mode.value, composer.body.value]).toEqual(["internal", "She called"])
  expect(composer.aside.value).toMatchObject({ body: "Dear Ana", files: [{ attachment: FILE }] })
  const later = composing(storage).composer
  expect([later.mode.value, later.body.value, later.aside.value?.body]).toEqual(["internal", "She called", "Dear Ana"])
  await composer.send()
  expect(sent.map(([body, more]) => [body, more.visibility])).toEqual([["She called", "internal"]])
  composer.setMode("public")
  expect([composer.body.value, composer.files.value.length, composer.aside.value]).toEqual(["Dear Ana", 1, null])
})

test("going to the other mode takes the text along, unless another waits there", () => {
  const { composer } = composing()
  composer.write("Not for her")
  composer.setMode("internal")
  expect(composer.body.value).toBe("Not for her")
  composer.takeBack(entryOf("For her", "public", []))
  composer.setMode("public")
  expect([composer.body.value, composer.aside.value?.body]).toEqual(["For her", "Not for her"])
  composer.setMode("internal")
  expect([composer.body.value, composer.aside.value?.body]).toEqual(["Not for her", "For her"])
})

test("another screen's draft for other readers waits beside what is written here", () => {
  const { composer, drafts } = composing()
  composer.setMode("internal")
  drafts.keep("c", { body: "", mode: "internal", attachments: [] })
  drafts.take({
    conversation_id: "c",
    body: "From the phone",
    visibility: "public",
    attachments: [],
    changed_at: at(0),
  })
  expect([composer.mode.value, composer.body.value]).toEqual(["internal", ""])
  expect(composer.aside.value?.body).toBe("From the phone")
})

test("that a draft was sent elsewhere empties the field and leaves a note a note", () => {
  const { composer, drafts } = composing()
  composer.setMode("internal")
  composer.write("From here")
  drafts.keep("c", { body: "From here", mode: "internal", attachments: [] })
  drafts.take({ conversation_id: "c", body: "", visibility: "public", attachments: [], changed_at: at(0) })
  expect([composer.mode.value, composer.body.value]).toEqual(["internal", ""])
})

test("a gap of canned text stops a send once, also after a reload; brackets of one's own never do", () => {
  const { composer, storage } = composing()
  composer.write("See [1]. ")
  composer.replace("Hello [contact name], order [number]", 9, 9, ["[contact name]", "[number]"])
  const again = composing(storage).composer
  for (const one of [composer, again]) {
    expect(one.warnOfGap()).toEqual({ start: 15, end: 29 })
    expect(one.warnOfGap()).toBeNull()
  }
  composer.write("See [1]. Hello Ana, order [number]")
  expect(composer.warnOfGap()).toEqual({ start: 26, end: 34 })
  composer.write("See [1]. Hello Ana, order 7")
  expect(composer.warnOfGap()).toBeNull()
})

test("a file that is on its way when the agent looks elsewhere arrives in the draft", async () => {
  const { composer, uploads, drafts } = composing()
  composer.attach([file("a.png")])
  const seen: string[] = []
  const uploaded = composer.uploaded().then(() => seen.push("uploaded"))
  await settle()
  expect(seen).toEqual([])
  uploads[0]?.resolve(FILE)
  await uploaded
  expect(drafts.load("c").attachments).toEqual([FILE])
})
