import type { AttachmentView } from "@parley/client/contract"
import { Component, h } from "preact"
import type { Texts } from "../texts"
import { Icon } from "./parts"

interface AttachmentProps {
  file: AttachmentView
  texts: Texts
  token: () => string
}

export function Attachment(props: AttachmentProps) {
  return props.file.width && props.file.height ? <Picture {...props} /> : <FileLink {...props} />
}

/** A picture, fetched with the visitor's token, because an address alone opens nothing. */
class Picture extends Component<AttachmentProps, { url: string }> {
  isGone = false

  override async componentDidMount() {
    const blob = await fetchBlob(this.props.file, this.props.token).catch(() => null)
    if (blob && !this.isGone) this.setState({ url: URL.createObjectURL(blob) })
  }

  override componentWillUnmount() {
    this.isGone = true
    if (this.state.url) URL.revokeObjectURL(this.state.url)
  }

  render() {
    const { url } = this.state
    const name = this.props.texts.t("image", { name: this.props.file.name })
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
