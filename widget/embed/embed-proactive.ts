import "./embed"

// The same loader for an inbox that shows its visitors: once the page has nothing else to do, one more script.
const script = document.currentScript as HTMLScriptElement

function fetchNear(): void {
  const near = document.createElement("script")
  near.src = new URL("/widget/near.js", script.src).href
  Object.assign(near.dataset, script.dataset)
  document.head.append(near)
}

const soon = () => (window.requestIdleCallback || setTimeout)(fetchNear)
if (document.readyState === "complete") soon()
else addEventListener("load", soon)
