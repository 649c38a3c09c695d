import { LinkifyIt } from "linkify-it"
import type { MeasureLink } from "./formatting"

const linkify = new LinkifyIt()

/** Knows http:// and https:// addresses in any script. */
export const measureLink: MeasureLink = text => {
  const schema = `${text.slice(0, text.indexOf(":"))}:`
  const rest = linkify.testSchemaAt(text, schema, schema.length)
  return rest && schema.length + rest
}
