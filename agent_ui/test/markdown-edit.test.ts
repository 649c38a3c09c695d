import { describe, expect, it } from "vitest"
import { editMarkdown, type MarkdownAction, type Selected } from "../knowledge/models/markdown-edit"

/** `|` marks where the selection begins and ends. */
function apply(action: MarkdownAction, marked: string): string {
  const [before = "", inside = "", after = ""] = marked.split("|")
  const at: Selected = { text: before + inside + after, start: before.length, end: before.length + inside.length }
  const edit = editMarkdown(action, at)
  const text = at.text.slice(0, edit.from) + edit.words + at.text.slice(edit.to)
  return `${text.slice(0, edit.start)}|${text.slice(edit.start, edit.end)}|${text.slice(edit.end)}`
}

describe("the toolbar", () => {
  it.each<[MarkdownAction, string, string]>([
    ["bold", "a |dry| cloth", "a **|dry|** cloth"],
    ["italic", "|dry|", "*|dry|*"],
    ["code", "|x|", "`|x|`"],
    ["code", "|a\nb|", "```\n|a\nb|\n```"],
    ["heading", "one\nt|w|o", "one\n|## two|"],
    ["list", "|one\n\ntwo|", "|- one\n\n- two|"],
    ["link", "see |here|", "see [here](|https://|)"],
    ["link", "|https://a.example|", "[||](https://a.example)"],
    ["link", "||", "[||](https://)"],
  ])("%s: %s becomes %s", (action, before, after) => {
    expect(apply(action, before)).toBe(after)
  })

  it.each<[MarkdownAction, string]>([
    ["bold", "a |dry| cloth"],
    ["italic", "a |dry| cloth"],
    ["code", "a |dry| cloth"],
    ["heading", "|one|"],
    ["list", "|one\ntwo|"],
  ])("%s done twice is undone", (action, text) => {
    expect(apply(action, apply(action, text))).toBe(text)
  })

  it("turns a heading into a list", () => {
    expect(apply("list", "|## one|")).toBe("|- one|")
  })
})
