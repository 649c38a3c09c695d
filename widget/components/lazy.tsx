import { Component, type ComponentChildren } from "preact"

interface LazyProps<M> {
  draw: (part: M) => ComponentChildren
}

/** A component that draws with a part of the program that is fetched when it is first wanted. */
export function lazy<M>(load: () => Promise<M>) {
  let part: M | null = null
  return class Lazy extends Component<LazyProps<M>> {
    override componentDidMount() {
      if (part) return
      load()
        .then(it => {
          part = it
          this.setState({})
        })
        .catch(() => {})
    }

    render() {
      return part && this.props.draw(part)
    }
  }
}
