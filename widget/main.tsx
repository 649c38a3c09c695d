import { isStorageDenied } from "@parley/client/browser"
import { systemClock } from "@parley/client/clock"
import { late } from "@parley/client/late"
import { h, render } from "preact"
import { loadLiveSession, Root } from "./components/root"
import { createApp } from "./models/app"
import { createHost } from "./models/host"
import { mailedLink } from "./models/mailed-link"
import { browserStorage } from "./models/storage"
import type { HostSays } from "./protocol"
import { loadTexts } from "./texts"
import "./styles/tokens.css"
import "./styles/base.css"
import "./styles/home.css"
import "./styles/chat.css"
import "./styles/composer.css"

const HELLO_MS = 2_000

const inboxKey = new URLSearchParams(location.search).get("inbox") ?? ""
const hash = new URLSearchParams(location.hash.slice(1))
const isAlone = window.parent === window
const link = isAlone ? mailedLink(inboxKey, hash.get("link")) : null
const host = createHost(hash.get("host") ?? location.origin, window.parent)
/** Our own settings page shows what an inbox will look like; nobody talks there. */
const previewScheme = hash.get("host") === location.origin && hash.get("preview")
const prefix = previewScheme ? "parley:preview:" : `parley:${inboxKey}:`
const wanted = [hash.get("locale") ?? "", ...navigator.languages].filter(Boolean)

/** The page's latest words: it may say more while the texts are fetched. */
let latest: HostSays | null = null
host.onSaid(words => {
  latest = words
})

/** The page's first words; without a page around it the widget is simply open. */
function firstWords(): Promise<HostSays> {
  const alone: HostSays = { parley: 1, url: "", is_open: true }
  return new Promise(done => {
    const stop = host.onSaid(words => {
      stop()
      done(words)
    })
    host.say({ type: "ready" })
    setTimeout(() => done(alone), isAlone ? 0 : HELLO_MS)
  })
}

/** The style sheet makes readable text colours of it. */
function paint(color: string): void {
  document.documentElement.style.setProperty("--chosen", color)
}

function believed(words: HostSays): HostSays {
  const { preview, ...said } = words
  return previewScheme ? words : said
}

async function main(): Promise<void> {
  const [hello, texts] = await Promise.all([firstWords(), loadTexts(wanted)])
  document.documentElement.lang = texts.locale
  document.documentElement.dir = texts.dir
  if (hello.color) paint(hello.color)
  document.documentElement.classList.toggle("alone", isAlone)
  const app = createApp({
    origin: location.origin,
    inboxKey,
    locale: texts.locale,
    page: believed(hello),
    host,
    storage: link?.storage ?? browserStorage(prefix),
    link,
    clock: systemClock,
    loadLiveSession,
    label: n => (n ? `${texts.t("open_chat")}, ${texts.count("unread", n)}` : texts.t("open_chat")),
    closeLabel: texts.t("close_chat"),
    isGone: () => late.isGone,
    reload: () => location.reload(),
    paint,
  })
  if (previewScheme) document.documentElement.classList.add(previewScheme)
  host.onSaid(words => app.onPage(believed(words)))
  addEventListener("storage", event => event.key?.startsWith(prefix) && app.stored(event.key.slice(prefix.length)))
  document.addEventListener("visibilitychange", app.visibilityChanged)
  app.onPage(believed(latest ?? hello))
  const close = () => host.say({ type: "toggle", is_open: false })
  render(<Root app={app} texts={texts} isForgetful={isStorageDenied()} onClose={close} />, document.body)
}

void main()
