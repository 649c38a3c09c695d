import { h } from "preact"
import type { Upload } from "../models/uploads"
import type { Texts } from "../texts"
import { Tool } from "./icons"

interface FilesProps {
  uploads: readonly Upload[]
  texts: Texts
  maxBytes: number
  onRemove: (upload: Upload) => void
}

/** Files on their way: how far, what went wrong, and a way to take each back. */
export function Files({ uploads, texts, maxBytes, onRemove }: FilesProps) {
  return (
    <ul class="files">
      {uploads.map(it => (
        <li key={it.key} class={it.trouble ? "bad" : ""} role={it.trouble ? "alert" : undefined}>
          <span>{it.trouble ? texts.t(it.trouble, { name: it.name, size: texts.size(maxBytes) }) : it.name}</span>
          {!it.trouble && !it.attachment && <progress value={it.progress} aria-label={it.name} />}
          <Tool icon="close" label={texts.t("remove", { name: it.name })} onClick={() => onRemove(it)} />
        </li>
      ))}
    </ul>
  )
}
