import type { Catalog, Table, TypeName } from '../catalog/catalog.ts'
import { parseExpression } from '../expression.ts'
import { type PgNode, SqlSyntaxError, scan, shape } from '../parser.ts'
import { DEFAULT_SCHEMA } from '../relation.ts'
import { quoteName } from '../sql.ts'
import { elementType, userType } from '../type-name.ts'
import type { Change } from './change.ts'
import { editTables, mapSame, mark } from './edit.ts'
import { rekeyType } from './types.ts'

/** ALTER TYPE … RENAME TO: columns and expressions keep the type by its identity, so their spelling follows. */
export function renameType(catalog: Catalog, path: readonly string[], newName: string, change: Change): Catalog {
  return moveType(catalog, path, [path.at(-2) ?? DEFAULT_SCHEMA, newName], change)
}

/** A type under another schema and name. */
export function moveType(catalog: Catalog, path: readonly string[], to: readonly string[], change: Change): Catalog {
  const [oldType, newType] = [userType(path), userType(to)]
  const oldName = path.at(-1) ?? ''
  const doubts = new Set<string>()
  const edited = editTables(catalog, (table, key) => {
    const rewrite = (text: string): string => {
      const renamed = inExpression(text, oldName, to)
      if (renamed === undefined) doubts.add(key)
      return renamed ?? text
    }
    return withTypeMoved(table, oldType, newType, rewrite)
  })
  let current = rekeyType(edited, oldType, newType)
  for (const key of doubts)
    current = mark(current, key, change, `an expression names the type ${oldType} and could not be carried to its new name`)
  return current
}

function withTypeMoved(table: Table, from: TypeName, to: TypeName, rewrite: (text: string) => string): Table {
  const columns = mapSame(table.columns, (c) => {
    const type = elementType(c.type) === from ? to + c.type.slice(from.length) : c.type
    const text = c.default === undefined ? undefined : rewrite(c.default)
    return type === c.type && text === c.default ? c : { ...c, type, ...(text !== undefined && { default: text }) }
  })
  const constraints = mapSame(table.constraints, (c) => {
    const text = c.expression === undefined ? undefined : rewrite(c.expression)
    return text === undefined || text === c.expression ? c : { ...c, expression: text }
  })
  const indexes = mapSame(table.indexes, (i) => {
    const where = i.where === undefined ? undefined : rewrite(i.where)
    return where === undefined || where === i.where ? i : { ...i, where }
  })
  const same = columns === table.columns && constraints === table.constraints && indexes === table.indexes
  return same ? table : { ...table, columns, constraints, indexes }
}

/** True where an expression casts to the type of that name. */
export function namesType(expression: string, path: readonly string[]): boolean {
  const name = path.at(-1) ?? ''
  // A name that is not in the text can't be in its tree.
  return expression.includes(name) && spell(parseExpression(expression), name, path)
}

/** The expression with casts to the old name spelled with the new one; the same text where it has none, undefined where that is not sure. */
function inExpression(text: string, oldName: string, to: readonly string[]): string | undefined {
  // Most expressions name no type at all: a name that is not in the text can't be in its tree.
  if (!text.toLowerCase().includes(oldName.toLowerCase())) return text
  const before = parseExpression(text)
  const after = structuredClone(before)
  if (!spell(after, oldName, to)) return text
  const renamed = respelled(text, oldName, to)
  try {
    return shape(parseExpression(renamed)) === shape(after) ? renamed : undefined
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}

/** The text with every mention of the name, and of the schema before it, spelled anew; what is no type is found out by its tree. */
function respelled(text: string, oldName: string, [schema = DEFAULT_SCHEMA, name = '']: readonly string[]): string {
  const bytes = Buffer.from(text)
  const tokens = scan(text)
  const pieces: string[] = []
  let from = 0
  for (const [i, token] of tokens.entries()) {
    if (token.name === 'SCONST' || (token.text !== oldName && token.text !== quoteName(oldName))) continue
    const qualifier = tokens[i - 1]?.text === '.' ? tokens[i - 2] : undefined
    const start = qualifier?.start ?? token.start
    pieces.push(
      bytes.subarray(from, start).toString(),
      qualifier || schema !== DEFAULT_SCHEMA ? `${quoteName(schema)}.` : '',
      quoteName(name),
    )
    from = token.end
  }
  return pieces.join('') + bytes.subarray(from).toString()
}

/** Changes the name in every TypeName of the tree that has it; says whether there was one. */
function spell(node: unknown, oldName: string, to: readonly string[]): boolean {
  if (Array.isArray(node)) return node.map((item) => spell(item, oldName, to)).includes(true)
  if (typeof node !== 'object' || node === null) return false
  const names = (node as PgNode).typeName?.names as PgNode[] | undefined
  const last = names?.at(-1)?.String
  const here = last?.sval === oldName
  if (here) {
    const [schema = DEFAULT_SCHEMA, name] = [to.at(-2), to.at(-1)]
    const isQualified = (names?.length ?? 0) > 1 || schema !== DEFAULT_SCHEMA
    ;(node as PgNode).typeName.names = (isQualified ? [schema, name] : [name]).map((sval) => ({ String: { sval } }))
  }
  const inner = Object.values(node).map((value) => spell(value, oldName, to))
  return here || inner.includes(true)
}
