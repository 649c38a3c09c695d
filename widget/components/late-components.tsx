import { Component, type ComponentChildren } from "preact"
import style from "../styles/late.css?url"

/** What most conversations never need. */
export const Late = lazy(async () => withStyle(await import("./late-chunk")))

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

interface LazyProps<M> {
  draw: (part: M) => ComponentChildren
}

const RETRY_MS = 3000

/** A component that draws with a part of the program that is fetched when it is first wanted, and until it is there. */
export function lazy<M>(load: () => Promise<M>) {
  let part: M | null = null
  return class Lazy extends Component<LazyProps<M>> {
    override componentDidMount() {
      if (!part) this.fetch()
    }

    fetch = () => {
      load().then(
        it => {
          part = it
          this.setState({})
        },
        () => setTimeout(this.fetch, RETRY_MS),
      )
    }

    render() {
      return part && this.props.draw(part)
    }
  }
}
