/** Large enough for any screen, and small enough for every browser's canvas. */
const MAX_PIXELS = 16_000_000
const QUALITY = 0.88
const KINDS = /^image\/(jpeg|png|webp)$/

/** How much a picture has to shrink, as a factor for its sides. */
export function scaleOf(width: number, height: number): number {
  return Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)))
}

export const canShrink = (file: File) => KINDS.test(file.type)

/** The same picture with fewer pixels, under the same name; null where this browser cannot draw it. */
export async function shrink(file: File): Promise<File | null> {
  try {
    const picture = await createImageBitmap(file)
    const scale = scaleOf(picture.width, picture.height)
    const canvas = document.createElement("canvas")
    canvas.width = Math.floor(picture.width * scale) || 1
    canvas.height = Math.floor(picture.height * scale) || 1
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    // What may be see-through stays so.
    const type = file.type === "image/jpeg" ? file.type : "image/webp"
    const blob = await new Promise<Blob | null>(done => canvas.toBlob(done, type, QUALITY))
    return blob && new File([blob], file.name, { type: blob.type })
  } catch {
    return null
  }
}
