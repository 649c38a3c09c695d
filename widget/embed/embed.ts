import type { FrameSays, HostSays } from "../protocol"
import style from "./launcher.css?inline"

interface ParleyApi {
  open(): void
  close(): void
  /** Say who is signed in to the page, by a token its server has signed. */
  identify(token: string | null): void
  /** Nobody is signed in to the page any more: this browser forgets the visitor. */
  signOut(): void
  /** Set by the page; called when the identity token is too old, to be answered with `identify`. */
  onTokenNeeded?: () => void
}

declare global {
  interface Window {
    Parley?: ParleyApi
  }
}

type Store = "local" | "session"

type Options = { [name in "inbox" | "locale" | "position" | "color"]?: string } & { identityToken?: string | null }

const script = document.currentScript as HTMLScriptElement

// The launcher, and on intent the frame. Written small: a page pays for these bytes before anybody wants to chat.
// A page that holds the script twice gets one launcher.
if (!window.Parley) {
  let { inbox = "", locale = "", position = "right", color, identityToken: identity } = script.dataset as Options
  const { origin } = new URL(script.src)
  const memory = `parley:${inbox}`
  const [host, root, button, badge, frame] = "div div button i iframe"
    .split(" ")
    .map(tag => document.createElement(tag)) as [
    HTMLElement,
    HTMLElement,
    HTMLButtonElement,
    HTMLElement,
    HTMLIFrameElement,
  ]
  const html = document.documentElement
  let isOpen = false
  let isReady = false
  let labels = ["Chat", "Close"]

  button.append(badge)
  // The side is a matter of direction: the end of a line is where the launcher stands.
  root.dir = position === "left" ? "rtl" : "ltr"
  // biome-ignore lint/suspicious/noConsole: the only place where the one who wrote the tag can read it
  if (position !== "left" && position !== "right") console.error("Parley: data-position is left or right")
  root.append(button)
  // An adopted sheet is allowed where the page's policy forbids inline styles.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  const shadow = host.attachShadow({ mode: "open" })
  shadow.adoptedStyleSheets = [sheet]
  shadow.append(root)
  html.append(host)

  function draw(): void {
    root.style.setProperty("--back", back)
    button.ariaLabel = labels[+isOpen] as string
    button.ariaExpanded = `${isOpen}`
  }

  function load(): void {
    if (frame.src) return
    frame.title = labels[0] as string
    frame.src = `${origin}/widget/frame?inbox=${inbox}#host=${location.origin}&locale=${locale}`
    root.prepend(frame)
  }

  function say(): void {
    if (!isReady) return
    frame.contentWindow?.postMessage(
      {
        parley: 1,
        color,
        identity_token: identity,
        title: document.title,
        is_open: isOpen,
        url: location.href,
      } satisfies HostSays,
      origin,
    )
  }

  function set(next: boolean): void {
    if (next === isOpen) return
    isOpen = next
    load()
    draw()
    say()
    ;(isOpen ? frame : button).focus()
    // On a phone the panel is the screen: the page behind stays still, and the next page starts without it.
    const isScreen = isOpen && innerWidth < 481
    html.style.overflow = isScreen ? "hidden" : ""
    recall("session", isOpen && !isScreen ? "open" : "")
  }

  /** What was kept; with a value, it is kept instead. */
  function recall(store: Store, value?: string): string | undefined {
    try {
      const held = window[`${store}Storage`]
      if (value !== undefined) held[memory] = value
      return held[memory]
    } catch {}
  }

  let [back = "", talks] = recall("local")?.split(" ") ?? []
  back = color || back || "#3b4cca"
  if (talks === "left") identity ??= null
  draw()

  addEventListener("message", event => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return
    const words = event.data as FrameSays
    if (words.type === "ready") {
      isReady = true
      say()
    } else if (words.type === "token") Parley.onTokenNeeded?.()
    else if (words.type === "toggle") set(words.is_open)
    else {
      badge.textContent = words.badge
      labels = words.labels
      back = words.color
      recall("local", words.memory)
      draw()
    }
  })

  button.onclick = () => set(!isOpen)
  button.onpointerenter = button.onfocus = load
  root.onkeydown = event => {
    if (event.key === "Escape") set(false)
  }
  // The on-screen keyboard takes its room from the panel.
  const view = visualViewport as VisualViewport
  view.onresize = view.onscroll = () => {
    root.style.setProperty("--height", `${view.height}px`)
    root.style.setProperty("--top", `${view.offsetTop}px`)
  }
  const Parley: ParleyApi = {
    open: () => set(true),
    close: () => set(false),
    identify(token) {
      identity = token
      say()
    },
    signOut() {
      // Known on the next page, too, should this one be left at once.
      recall("local", `${back} left`)
      load()
      Parley.identify(null)
    },
  }
  window.Parley = Parley

  // Somebody with a conversation under way sees on the next page, too, that there is an answer.
  const wasOpen = recall("session")
  const again = () => (window.requestIdleCallback || setTimeout)(wasOpen ? Parley.open : load)
  if (talks || wasOpen) {
    if (document.readyState === "complete") again()
    else addEventListener("load", again)
  }
}
