import type { FrameRequest, PageReport } from "./protocol"

// On the host page of an inbox that shows its visitors: a frame that knows who the visitor is, told where they are.
const { src, dataset } = document.currentScript as HTMLScriptElement
const { origin } = new URL(src)
const frame = document.createElement("iframe")
const side = dataset.position === "left" ? "left" : "right"
const hidden = "display:none"
const LOOK_MS = 1000

let isReady = false
let lastWords = ""

/** The launcher's button, whose state says whether the chat is open. */
function launcher(): HTMLElement | null {
  for (const it of document.documentElement.children) {
    const button = it.shadowRoot?.querySelector<HTMLElement>("button[aria-expanded]")
    if (button) return button
  }
  return null
}

/** Where the visitor is, told whenever it changes. Pages that change without loading change their address. */
function say(): void {
  const is_open = launcher()?.ariaExpanded === "true"
  const words: PageReport = { parley: 1, url: location.href, title: document.title, is_open }
  const written = JSON.stringify(words)
  if (!isReady || written === lastWords) return
  lastWords = written
  frame.contentWindow?.postMessage(words, origin)
}

function onMessage(event: MessageEvent): void {
  if (event.origin !== origin || event.source !== frame.contentWindow) return
  const words = event.data as FrameRequest
  if (words.type === "ready") {
    isReady = true
    say()
  } else if (words.type === "show") {
    frame.title = words.title
    // Above the page and beside everything: nothing on it moves.
    frame.style.cssText = `position:fixed;z-index:2147483000;bottom:92px;${side}:20px;width:min(320px,100vw - 40px);height:${words.height}px;border:0;border-radius:16px;box-shadow:0 4px 20px #0004;color-scheme:light dark`
  } else {
    frame.style.cssText = hidden
    if (words.type === "open") (window as unknown as { Parley: { open(): void } }).Parley.open()
  }
}

frame.style.cssText = hidden
frame.src = `${origin}/widget/near?inbox=${dataset.inbox ?? ""}#host=${location.origin}&locale=${dataset.locale ?? ""}`
addEventListener("message", onMessage)
setInterval(say, LOOK_MS)
const button = launcher()
if (button) new MutationObserver(say).observe(button, { attributeFilter: ["aria-expanded"] })
document.documentElement.append(frame)
