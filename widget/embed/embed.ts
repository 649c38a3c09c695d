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

type Store = "localStorage" | "sessionStorage"

const script = document.currentScript as HTMLScriptElement

// The launcher, and on intent the frame. Written small: a page pays for these bytes before anybody wants to chat.
// A page that holds the script twice gets one launcher.
if (!window.Parley) {
  const { inbox = "", locale = "", position = "", color } = script.dataset
  let identity: string | null | undefined = script.dataset.identityToken
  const { origin } = new URL(script.src)
  const memory = `parley:${inbox}`
  const make = <T extends keyof HTMLElementTagNameMap>(tag: T) => document.createElement(tag)
  const [host, root, button, badge, frame] = [make("div"), make("div"), make("button"), make("i"), make("iframe")]
  const html = document.documentElement
  let isOpen = false
  let isReady = false
  let labels = ["Chat", "Close"]

  button.append(badge)
  root.className = `root ${position}`
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
    frame.title = "Chat"
    frame.src = `${origin}/widget/frame?inbox=${inbox}#host=${location.origin}&locale=${locale}`
    root.prepend(frame)
  }

  function say(): void {
    const words: HostSays = {
      parley: 1,
      identity_token: identity,
      url: location.href,
      title: document.title,
      color,
      is_open: isOpen,
    }
    if (isReady) frame.contentWindow?.postMessage(words, origin)
  }

  function set(next: boolean): void {
    if (next === isOpen) return
    isOpen = next
    load()
    frame.classList.toggle("on", isOpen)
    say()
    ;(isOpen ? frame : button).focus()
    // On a phone the panel is the screen: the page behind stays still, and the next page starts without it.
    const isPhone = innerWidth < 481
    html.style.overflow = isOpen && isPhone ? "hidden" : ""
    recall("sessionStorage", isOpen && !isPhone ? "open" : "")
    draw()
  }

  /** What was kept; with a value, it is kept instead. */
  function recall(store: Store, value?: string): string | undefined {
    try {
      const held = window[store]
      if (value !== undefined) held[memory] = value
      return held[memory]
    } catch {}
  }

  let [back = "", talks] = (recall("localStorage") ?? "").split(" ")
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
      recall("localStorage", words.memory)
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
      recall("localStorage", `${back} left`)
      load()
      Parley.identify(null)
    },
  }
  window.Parley = Parley

  // Somebody with a conversation under way sees on the next page, too, that there is an answer.
  const wasOpen = recall("sessionStorage")
  const again = () => (window.requestIdleCallback || setTimeout)(wasOpen ? Parley.open : load)
  if (talks || wasOpen) {
    if (document.readyState === "complete") again()
    else addEventListener("load", again)
  }
}
