import { systemClock } from "@parley/client/clock"
import type { GreetingView } from "@parley/client/contract"
import { toJson } from "@parley/client/text"
import { browserStorage } from "../models/storage"
import type { FrameRequest, PageReport } from "./protocol"
import { proactiveTexts } from "./texts"
import { createVisits } from "./visits"
import "./bubble.css"

const inboxKey = new URLSearchParams(location.search).get("inbox") ?? ""
const hash = new URLSearchParams(location.hash.slice(1))
const hostOrigin = hash.get("host") ?? location.origin
const wanted = [hash.get("locale") ?? "", ...navigator.languages].filter(Boolean)
const { locale, texts } = proactiveTexts(wanted)
document.documentElement.lang = locale
document.documentElement.dir = locale === "ar" ? "rtl" : "ltr"

type Unmarked<M> = M extends unknown ? Omit<M, "parley"> : never
const say = (words: Unmarked<FrameRequest>) => parent.postMessage({ parley: 1, ...words }, hostOrigin)

async function post<T>(path: string, body: unknown, signal: AbortSignal): Promise<T | null> {
  try {
    const response = await fetch(`/api/v1/widget/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: toJson(body),
      signal,
      keepalive: true,
    })
    const answer = await response.json()
    return answer.ok ? answer : null
  } catch {
    return null
  }
}

const FIRST_HEIGHT = 150
let title = ""
const bubble = document.querySelector("main") as HTMLElement

function button(name: string, label: string, act: () => void): HTMLButtonElement {
  const it = document.createElement("button")
  it.className = name
  it.textContent = label
  it.onclick = act
  return it
}

function draw(greeting: GreetingView | null): void {
  if (!greeting) {
    bubble.replaceChildren()
    say({ type: "hide" })
    return
  }
  title = texts.from.replace("{name}", greeting.author.name)
  const name = document.createElement("h1")
  name.textContent = greeting.author.name
  const words = document.createElement("p")
  words.textContent = greeting.body
  words.dir = "auto"
  const answer = button("answer", texts.answer, () => {
    visits.answer()
    say({ type: "open" })
  })
  bubble.replaceChildren(name, words, answer, button("dismiss", texts.dismiss, visits.dismiss))
  say({ type: "show", height: FIRST_HEIGHT, title })
}

// How high it really is can be known only once it is drawn.
new ResizeObserver(() => {
  if (bubble.offsetHeight && bubble.firstChild) say({ type: "show", height: bubble.offsetHeight, title })
}).observe(bubble)

const visits = createVisits({
  inboxKey,
  locale: navigator.language,
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
  browser: navigator.userAgent,
  storage: browserStorage(`parley:${inboxKey}:`),
  clock: systemClock,
  random: Math.random,
  post,
  isHidden: () => document.hidden,
  draw,
})

addEventListener("message", event => {
  const words = event.data as PageReport
  if (event.origin === hostOrigin && event.source === parent && words?.parley === 1) visits.onPage(words)
})
addEventListener("keydown", event => {
  if (event.key === "Escape") visits.dismiss()
})
document.addEventListener("visibilitychange", visits.visibilityChanged)
addEventListener("pagehide", visits.leave)
say({ type: "ready" })
