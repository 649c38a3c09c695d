import { beforeEach, expect, test } from "vitest"
import { createUploads } from "../models/uploads"

class FakeRequest {
  static all: FakeRequest[] = []
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {}
  onload = () => {}
  onerror = () => {}
  headers: Record<string, string> = {}
  responseText = ""
  isAborted = false
  sent: FormData | null = null

  constructor() {
    FakeRequest.all.push(this)
  }
  open() {}
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value
  }
  send(form: FormData) {
    this.sent = form
  }
  abort() {
    this.isAborted = true
  }
  answer(body: object) {
    this.responseText = JSON.stringify(body)
    this.onload()
  }
}

const attachment = { id: "a", name: "x.png", content_type: "image/png", size: 1, width: 1, height: 1, url: "/a" }
const file = (size: number) => ({ name: "x.pdf", size, type: "application/pdf" }) as unknown as File
const real = () => new File(["hello"], "x.txt", { type: "text/plain" })
const photo = (size = 5) => new File([new Uint8Array(size)], "x.jpg", { type: "image/jpeg" })
const last = () => FakeRequest.all.at(-1) as FakeRequest

beforeEach(() => {
  FakeRequest.all = []
})

const open = (smaller?: (file: File) => Promise<File | null>) =>
  createUploads(
    "https://help.test",
    () => "token",
    () => 5_000_000,
    () => new FakeRequest() as unknown as XMLHttpRequest,
    smaller,
  )
const refusal = (code: string) => ({ ok: false, code, detail: "", retry_seconds: null, missed: [] })
const turn = () => new Promise(done => setTimeout(done))

test("a file goes up with the visitor's token, tells its progress, and is ready for a message", () => {
  const uploads = open()
  uploads.add([real()])
  expect(last().headers.Authorization).toBe("Bearer token")
  last().upload.onprogress?.({ loaded: 1, total: 4 })
  expect(uploads.list()[0]?.progress).toBe(0.25)
  last().answer({ ok: true, attachment })
  expect(uploads.take()).toEqual([attachment])
  expect(uploads.list()).toEqual([])
})

test("a file over the server's own limit is not sent at all", () => {
  const uploads = open()
  uploads.add([file(5_000_001)])
  expect(uploads.list()[0]?.trouble).toBe("too_big")
  expect(FakeRequest.all).toEqual([])
})

test("the eleventh file has no room", () => {
  const uploads = open()
  uploads.add(Array.from({ length: 11 }, real))
  expect(uploads.list().map(it => it.trouble)).toEqual([...Array(10).fill(null), "too_many"])
})

test.each([
  ["too_large", "too_many_pixels"],
  ["invalid", "damaged"],
  ["internal", "upload_failed"],
])("refused as %s it says %s", (code, trouble) => {
  const uploads = open()
  uploads.add([real()])
  last().answer(refusal(code))
  expect(uploads.list()[0]?.trouble).toBe(trouble)
})

test("removed while it goes up, it stops", () => {
  const uploads = open()
  uploads.add([real()])
  uploads.remove(uploads.list()[0]?.key ?? 0)
  expect(last().isAborted).toBe(true)
  expect(uploads.list()).toEqual([])
})

test("a photograph with too many pixels goes again with fewer, once", async () => {
  const uploads = open(async () => photo(3))
  uploads.add([photo()])
  last().answer(refusal("too_large"))
  await turn()
  expect(FakeRequest.all).toHaveLength(2)
  expect((last().sent as FormData).get("file")).toHaveProperty("size", 3)
  last().answer(refusal("too_large"))
  await turn()
  expect(FakeRequest.all).toHaveLength(2)
  expect(uploads.list()[0]?.trouble).toBe("too_many_pixels")
})

test("a photograph over 10 MB is made smaller before it is sent", async () => {
  const uploads = open(async () => photo(3))
  uploads.add([photo(10 * 1024 * 1024 + 1)])
  await turn()
  expect(FakeRequest.all).toHaveLength(1)
  last().answer({ ok: true, attachment })
  expect(uploads.take()).toEqual([attachment])
})

test("a photograph that this browser cannot draw says why it was not sent", async () => {
  const uploads = open(async () => null)
  uploads.add([photo(10 * 1024 * 1024 + 1)])
  uploads.add([photo()])
  last().answer(refusal("too_large"))
  await turn()
  expect(uploads.list().map(it => it.trouble)).toEqual(["too_big", "too_many_pixels"])
})

test("removed while it is made smaller, it is not sent", async () => {
  const uploads = open(async () => photo(3))
  uploads.add([photo(10 * 1024 * 1024 + 1)])
  uploads.remove(uploads.list()[0]?.key ?? 0)
  await turn()
  expect(FakeRequest.all).toEqual([])
})
