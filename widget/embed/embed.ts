import type { FrameSays, HostSays } from "../protocol"
import style from "./launcher.css?inline"

interface ParleyApi {
  open(): void
  close(): void
  /** Say who is signed in to the page, by a token its server has signed. */
  identify(token: string): void
}

type Store = "localStorage" | "sessionStorage"

const script = document.currentScript as HTMLScriptElement

// The launcher, and on intent the frame. Written small: a page pays for these bytes before anybody wants to chat.
{
  const { inbox = "", locale = "", position = "", color, identityToken } = script.dataset
  const { origin } = new URL(script.src)
  const memory = `parley:${inbox}`
  const make = <T extends keyof HTMLElementTagNameMap>(tag: T) => document.createElement(tag)
  const [host, root, button, badge, frame] = [make("div"), make("div"), make("button"), make("i"), make("iframe")]
  const page = document.documentElement.style
  let identity = identityToken
  let isOpen = false
  let isReady = false
  let labels = ["Open chat", "Close chat"]

  button.append(badge)
  root.className = `root ${position}`
  root.append(button)
  // An adopted sheet is allowed where the page's policy forbids inline styles.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  const shadow = host.attachShadow({ mode: "open" })
  shadow.adoptedStyleSheets = [sheet]
  shadow.append(root)
  document.documentElement.append(host)

  function draw(back: string): void {
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
    page.overflow = isOpen && isPhone ? "hidden" : ""
    keep("sessionStorage", isOpen && !isPhone ? "open" : "")
    draw(back)
  }

  function recall(store: Store): string {
    return attempt(() => window[store].getItem(memory)) ?? ""
  }

  function keep(store: Store, value: string): void {
    attempt(() => window[store].setItem(memory, value))
  }

  let [back = "", talks] = recall("localStorage").split(" ")
  back = color || back || "#3b4cca"
  draw(back)

  addEventListener("message", event => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return
    const words = event.data as FrameSays
    if (words.type === "ready") {
      isReady = true
      say()
    } else if (words.type === "toggle") set(words.is_open)
    else {
      badge.textContent = `${words.unread_count || ""}`
      labels = [words.label, words.close_label]
      back = words.color
      keep("localStorage", words.has_open ? `${back} talks` : back)
      draw(back)
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
  }
  Object.assign(window, { Parley })

  // Somebody with a conversation under way sees on the next page, too, that there is an answer.
  const wasOpen = recall("sessionStorage")
  const again = () => (window.requestIdleCallback || setTimeout)(wasOpen ? Parley.open : load)
  if (talks || wasOpen) {
    if (document.readyState === "complete") again()
    else addEventListener("load", again)
  }
}

function attempt<R>(run: () => R): R | undefined {
  try {
    return run()
  } catch {}
}
