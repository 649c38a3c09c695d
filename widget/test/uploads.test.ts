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
const file = (size: number, name = "x.png") => ({ name, size, type: "image/png" }) as unknown as File
const real = () => new File(["hello"], "x.png")
const last = () => FakeRequest.all.at(-1) as FakeRequest

beforeEach(() => {
  FakeRequest.all = []
})

const open = () =>
  createUploads(
    "https://help.test",
    () => "token",
    () => new FakeRequest() as unknown as XMLHttpRequest,
  )

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

test("over 10 MB is not sent at all", () => {
  const uploads = open()
  uploads.add([file(10 * 1024 * 1024 + 1)])
  expect(uploads.list()[0]?.trouble).toBe("too_big")
  expect(FakeRequest.all).toEqual([])
})

test("the eleventh file has no room", () => {
  const uploads = open()
  uploads.add(Array.from({ length: 11 }, real))
  expect(uploads.list().map(it => it.trouble)).toEqual([...Array(10).fill(null), "too_many"])
})

test.each([
  ["too_large", "too_big"],
  ["invalid", "bad_type"],
  ["internal", "upload_failed"],
])("refused as %s it says %s", (code, trouble) => {
  const uploads = open()
  uploads.add([real()])
  last().answer({ ok: false, code, detail: "", retry_seconds: null, missed: [] })
  expect(uploads.list()[0]?.trouble).toBe(trouble)
})

test("removed while it goes up, it stops", () => {
  const uploads = open()
  uploads.add([real()])
  uploads.remove(uploads.list()[0]?.key ?? 0)
  expect(last().isAborted).toBe(true)
  expect(uploads.list()).toEqual([])
})
