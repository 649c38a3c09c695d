import type { AttachmentView } from "@parley/client/contract"
import { Component, h } from "preact"
import type { Texts } from "../texts"
import { Icon } from "./icons"

interface AttachmentProps {
  file: AttachmentView
  texts: Texts
  token: () => string
}

export function Attachment(props: AttachmentProps) {
  return props.file.width && props.file.height ? <Picture {...props} /> : <FileLink {...props} />
}

const RETRY_MS = [1000, 4000]

/** A picture, fetched with the visitor's token, because an address alone opens nothing. */
class Picture extends Component<AttachmentProps, { url: string; hasFailed: boolean }> {
  isGone = false

  override componentDidMount() {
    void this.load()
  }

  /** A fetch that fails is tried again twice; after that it is up to the reader. */
  async load(tries = 0): Promise<void> {
    this.setState({ hasFailed: false })
    const blob = await fetchBlob(this.props.file, this.props.token).catch(() => null)
    if (this.isGone) return
    if (blob) this.setState({ url: URL.createObjectURL(blob) })
    else if (tries < RETRY_MS.length) setTimeout(() => !this.isGone && void this.load(tries + 1), RETRY_MS[tries])
    else this.setState({ hasFailed: true })
  }

  override componentWillUnmount() {
    this.isGone = true
    if (this.state.url) URL.revokeObjectURL(this.state.url)
  }

  render() {
    const { url, hasFailed } = this.state
    const { texts, file } = this.props
    const name = texts.t("image", { name: file.name })
    if (hasFailed)
      return (
        <p class="unloaded" role="status">
          {texts.t("not_loaded", { name: file.name })}{" "}
          <button type="button" onClick={() => void this.load()}>
            {texts.t("retry")}
          </button>
        </p>
      )
    return (
      url && (
        <a href={url} target="_blank" rel="noopener">
          <img src={url} alt={name} />
        </a>
      )
    )
  }
}

function FileLink({ file, texts, token }: AttachmentProps) {
  const size = file.size < 1e6 ? `${Math.ceil(file.size / 1e3)} kB` : `${(file.size / 1e6).toFixed(1)} MB`
  return (
    <button
      type="button"
      class="file"
      aria-label={texts.t("download", { name: file.name })}
      onClick={() => void download(file, token)}
    >
      <Icon name="doc" />
      {file.name}
      <small>{size}</small>
    </button>
  )
}

async function fetchBlob({ url }: AttachmentView, token: () => string): Promise<Blob> {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token()}` } })
  if (!response.ok) throw new Error(String(response.status))
  return response.blob()
}

async function download(file: AttachmentView, token: () => string): Promise<void> {
  const blob = await fetchBlob(file, token).catch(() => null)
  if (!blob) return
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
