import { browserLocks } from "@parley/client/browser"
import { firstOf } from "@parley/client/text"
import type { Surroundings } from "../shared/models/browser-doors"

const HOLD_MS = 1500

/** The real browser, as far as alerts need it. */
export function browserSurroundings(): Surroundings {
  let audio: AudioContext | null = null
  return {
    isHidden: () => document.hidden || !document.hasFocus(),
    isFirstToRing,
    beep() {
      // A browser plays nothing on a page that nobody has touched yet.
      if (!navigator.userActivation.hasBeenActive) return
      audio ??= new AudioContext()
      if (audio.state === "running") chime(audio)
      else
        void audio.resume().then(
          () => audio && chime(audio),
          () => {},
        )
    },
    setTitle(title) {
      document.title = title
    },
    setBadge(count) {
      void navigator.setAppBadge?.(count).catch(() => {})
    },
    canNotify: () => "Notification" in window && Notification.permission === "granted",
    askToNotify: async () => "Notification" in window && (await Notification.requestPermission()) === "granted",
    notify(title, body, tag, onClick) {
      try {
        const notification = new Notification(title, { body: firstOf(body, 200), tag, icon: "/inbox/icon.svg" })
        notification.onclick = () => {
          window.focus()
          notification.close()
          onClick()
        }
      } catch {
        // Some phones only notify through a service worker.
      }
    },
  }
}

/** The first tab holds the lock for a moment; the others find it taken and stay silent. */
async function isFirstToRing(key: string): Promise<boolean> {
  const locks = browserLocks()
  if (!locks) return true
  return new Promise(resolve => {
    locks
      .request(`parley-ring:${key}`, { ifAvailable: true }, async lock => {
        resolve(lock !== null)
        if (lock) await new Promise(done => setTimeout(done, HOLD_MS))
      })
      .catch(() => resolve(true))
  })
}

/** Two soft tones, a fourth apart. */
function chime(audio: AudioContext): void {
  for (const [index, pitch] of [660, 880].entries()) {
    const start = audio.currentTime + index * 0.12
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0.0001, start)
    volume.gain.exponentialRampToValueAtTime(0.12, start + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.25)
    tone.connect(volume).connect(audio.destination)
    tone.start(start)
    tone.stop(start + 0.3)
  }
}
