import type { AttachmentView } from "@parley/client/contract"
import { scaleOf } from "@parley/client/pictures"
import { expect, test } from "vitest"
import { ApiError } from "../shared/models/api"
import { createFittingUploader, type Uploader } from "../shared/models/uploads"

const MAX_BYTES = 100
const attachment = { id: "a" } as AttachmentView
const photo = (size: number) => new File([new Uint8Array(size)], "x.jpg", { type: "image/jpeg" })
const tooLarge = () => new ApiError(413, { code: "too_large", detail: "", retry_seconds: null, missed: [] })

/** Takes files of up to `taken` bytes. */
function open(taken: number, smaller: (file: File) => Promise<File | null> = async () => photo(10)) {
  const sent: number[] = []
  let cancelled = 0
  const upload: Uploader = file => {
    sent.push(file.size)
    const done = file.size > taken ? Promise.reject(tooLarge()) : Promise.resolve(attachment)
    return { done, cancel: () => cancelled++ }
  }
  return { upload: createFittingUploader(upload, MAX_BYTES, smaller), sent, cancelled: () => cancelled }
}

test("what the server takes goes as it is", async () => {
  const { upload, sent } = open(50)
  expect(await upload(photo(50), () => {}).done).toBe(attachment)
  expect(sent).toEqual([50])
})

test("a picture with too many pixels goes again with fewer", async () => {
  const { upload, sent } = open(40)
  expect(await upload(photo(50), () => {}).done).toBe(attachment)
  expect(sent).toEqual([50, 10])
})

test("a picture with too many bytes is made smaller before it goes", async () => {
  const { upload, sent } = open(40)
  expect(await upload(photo(MAX_BYTES + 1), () => {}).done).toBe(attachment)
  expect(sent).toEqual([10])
})

test("it goes again once, and a file that is no picture never", async () => {
  const { upload, sent } = open(5)
  await expect(upload(photo(50), () => {}).done).rejects.toThrow(ApiError)
  await expect(upload(new File(["a long text"], "x.txt"), () => {}).done).rejects.toThrow(ApiError)
  expect(sent).toEqual([50, 10, 11])
})

test("cancelled while it is made smaller, it does not go", async () => {
  const { upload, sent } = open(40)
  const run = upload(photo(MAX_BYTES + 1), () => {})
  run.cancel()
  await expect(run.done).rejects.toThrow(ApiError)
  expect(sent).toEqual([])
})

test.each([
  [4000, 3000, 1],
  [8000, 6000, Math.sqrt(1 / 3)],
  [30_000, 800, Math.sqrt(2 / 3)],
])("%i by %i pixels shrink by %f", (width, height, scale) => {
  expect(scaleOf(width, height)).toBeCloseTo(scale)
})
