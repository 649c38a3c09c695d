import style from "../styles/extras.css?url"
import { lazy } from "./lazy"

/** What most conversations never need. */
export const Extra = lazy(async () => withStyle(await import("./extras")))

/** What stands on the first screen below its question. */
export const Front = lazy(async () => withStyle(await import("./front")))

/** What visitors are asked. */
export const Forms = lazy(async () => withStyle(await import("./questions")))

let styled: Promise<unknown> | null = null

async function withStyle<M>(part: M): Promise<M> {
  styled ??= loadStyle()
  await styled.catch(error => {
    styled = null
    throw error
  })
  return part
}

function loadStyle(): Promise<unknown> {
  return new Promise((done, failed) => {
    const link = document.createElement("link")
    link.rel = "stylesheet"
    link.href = style
    link.onload = done
    link.onerror = failed
    document.head.append(link)
  })
}
