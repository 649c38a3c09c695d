/**
 * The files of a paste that is about files. Spreadsheets and word processors put a picture beside the copied text:
 * where there is text, the text is meant, and the field takes it as it takes any other.
 */
export function filesOf(data: DataTransfer | null): File[] {
  return data?.getData("text/plain") ? [] : [...(data?.files ?? [])]
}
