import { Component, type ComponentChildren } from "preact"

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
