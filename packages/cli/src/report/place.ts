/** `path:12:3`, which editors and terminals make clickable; without a column `path:12`. */
export function place(file: string, { line, column }: { readonly line: number; readonly column?: number | undefined }): string {
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`
}
