import type { Plugin } from "vite"

/**
 * Runs in the page before everything else and knows nothing outside itself. Each of these came with the oldest browser that
 * Parley is built for: `:dir()` with Chrome 120 and Safari 16.4, CSSPropertyRule with Firefox 128 and Safari 16.4.
 */
function checkFloor(): void {
  const fits =
    window.CSS &&
    CSS.supports("selector(:dir(rtl))") &&
    "CSSPropertyRule" in window &&
    "adoptedStyleSheets" in Document.prototype
  if (fits) return
  const texts: Record<string, string> = {
    ar: "هذا المتصفح قديم جدًا. حدّثه إلى Safari 16.4 أو Firefox 128 أو Chrome 120 أو أحدث.",
    de: "Dieser Browser ist zu alt. Aktualisiere ihn auf Safari 16.4, Firefox 128, Chrome 120 oder neuer.",
    en: "This browser is too old. Update it to Safari 16.4, Firefox 128, Chrome 120 or newer.",
  }
  addEventListener("DOMContentLoaded", () => {
    const line = document.createElement("p")
    line.setAttribute("role", "alert")
    line.textContent = texts[navigator.language.split("-")[0] as string] || (texts.en as string)
    document.body.insertBefore(line, document.body.firstChild)
  })
}

/** For both builds: the page checks first whether the browser is new enough, and says so when it is not. */
export function floor(): Plugin {
  let base = "/"
  return {
    name: "floor",
    apply: "build",
    configResolved(config) {
      base = config.base
    },
    buildStart() {
      this.emitFile({ type: "asset", name: "floor.js", source: `(${checkFloor})()\n` })
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const file = Object.values(bundle ?? {}).find(it => it.type === "asset" && it.names.includes("floor.js"))
        return html.replace("</title>", `</title>\n    <script src="${base}${file?.fileName}"></script>`)
      },
    },
  }
}
