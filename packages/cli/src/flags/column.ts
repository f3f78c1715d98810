import { UserError } from '@expand-contract/core'

/** A column as a person writes it, quotes taken off: table `User` or `auth.User`. */
export interface WrittenColumn {
  readonly table: string
  readonly column: string
}

/** Splits `Table.column=rest` at the first `=` outside double quotes. Without one `rest` is undefined. */
export function splitAnswer(text: string): { readonly left: string; readonly rest: string | undefined } {
  let quoted = false
  for (const [i, char] of [...text].entries()) {
    if (char === '"') quoted = !quoted
    if (char !== '=' || quoted) continue
    const before = [...text].slice(0, i).join('')
    return { left: before.trim(), rest: text.slice(before.length + 1).trim() }
  }
  return { left: text.trim(), rest: undefined }
}

/** Reads `User.name`, `auth.User.name`, `"my table"."a.b"`. Names count as written: nothing is folded to lower case. Throws {@link UserError}; `flag` is named in it. */
export function readColumn(text: string, flag: string): WrittenColumn {
  const names = readNames(text)
  const column = names?.at(-1)
  if (!names || column === undefined || names.length < 2 || names.length > 3) {
    throw new UserError(
      `${flag} "${text}": expected a table and a column, such as User.name or auth.User.name; a name with a dot, an equals sign or a space goes in double quotes.`,
    )
  }
  return { table: names.slice(0, -1).join('.'), column }
}

/** Reads `User`, `auth.User`, `"my table"`. Throws {@link UserError}; `flag` is named in it. */
export function readTable(text: string, flag: string): string {
  const names = readNames(text)
  if (!names || names.length > 2) {
    throw new UserError(
      `${flag} "${text}": expected a table, such as User or auth.User; a name with a dot, an equals sign or a space goes in double quotes.`,
    )
  }
  return names.join('.')
}

/** One name, quoted or not. Throws {@link UserError}. */
export function readName(text: string, flag: string): string {
  const names = readNames(text)
  if (names?.length !== 1 || names[0] === undefined) {
    throw new UserError(`${flag}: "${text}" is not a column name; a name with a dot or a space goes in double quotes.`)
  }
  return names[0]
}

/** Names between dots; undefined where the text is not a dotted name. */
function readNames(text: string): string[] | undefined {
  const names: string[] = []
  let at = 0
  while (at <= text.length) {
    const found = /^(?:"((?:[^"]|"")+)"|([^\s."=]+))(\.|$)/u.exec(text.slice(at))
    const name = found?.[1]?.replaceAll('""', '"') ?? found?.[2]
    if (!found || name === undefined) return undefined
    names.push(name)
    at += found[0].length
    if (found[3] === '') return names
  }
  return undefined
}
