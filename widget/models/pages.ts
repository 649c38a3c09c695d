import type { Clock } from "@parley/client/clock"
import type { Connection } from "@parley/client/connection"
import type { VisitorSide } from "@parley/client/contract"
import { firstOf } from "@parley/client/text"
import type { HostSays } from "../protocol"

const AGAIN_MS = 20_000

/** Says which page the visitor is on while the chat is open, and again every so often, for as long as they stay. */
export function createPages(connection: Connection<VisitorSide>, clock: Clock, page: () => HostSays) {
  let stop = () => {}
  let last = ""

  function tell(): void {
    stop()
    const { url, title, is_open } = page()
    if (!is_open || !url || connection.state().name !== "online") {
      last = ""
      return
    }
    last = url
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    connection
      .command({
        type: "page.visited",
        url: firstOf(url, 2000),
        title: firstOf(title ?? "", 200),
        timezone: timeZone,
        browser: firstOf(navigator.userAgent, 400),
      })
      .catch(() => {})
    stop = clock.after(AGAIN_MS, tell)
  }

  const stopConnected = connection.onConnected(tell)
  return {
    /** The page around has said something. */
    moved() {
      const { url, is_open } = page()
      if ((is_open ? url : "") !== last) tell()
    },
    close() {
      stop()
      stopConnected()
    },
  }
}
