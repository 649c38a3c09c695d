import style from "../styles/extras.css?url"
import { lazy } from "./lazy"

/** What most conversations never need. */
export const Extra = lazy(async () => {
  const [extras] = await Promise.all([import("./extras"), loadStyle()])
  return extras
})

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
