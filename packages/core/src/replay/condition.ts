import type { Catalog } from '../catalog/catalog.ts'
import { type Branch, bodyItems } from '../plpgsql/plpgsql.ts'
import { parseExpression } from '../sql/expression.ts'
import { type PgNode, SqlSyntaxError } from '../sql/parser.ts'
import type { Statement } from '../sql/statement.ts'
import { subjectOf } from './conflict.ts'
import { rowsOfVariables, systemCondition } from './system-query.ts'

/**
 * Whether the statements of a branch of an IF ran, where its condition asks PostgreSQL's own catalogs if an object that they make, drop or rename is
 * there; undefined where that can't be told.
 */
export function isTaken(catalog: Catalog, { condition, values, items }: Branch): boolean | undefined {
  if (condition === undefined) return true
  try {
    const tree = parseExpression(condition)
    const told = systemCondition(catalog, tree, rowsOfVariables(values))
    return told === undefined ? judge(catalog, tree, bodyItems(items).statements) : told === true
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}

function judge(catalog: Catalog, node: PgNode, statements: readonly Statement[]): boolean | undefined {
  const args = (node.BoolExpr?.args ?? []) as PgNode[]
  if (node.BoolExpr?.boolop === 'AND_EXPR') {
    const parts = args.map((arg) => judge(catalog, arg, statements))
    return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true
  }
  if (node.BoolExpr?.boolop === 'NOT_EXPR') return exists(catalog, args[0], statements, 'exists')
  return exists(catalog, node, statements, 'missing')
}

/** Taken unless the object is in the state that the condition rules out. */
function exists(
  catalog: Catalog,
  node: PgNode | undefined,
  statements: readonly Statement[],
  ruledOut: 'exists' | 'missing',
): boolean | undefined {
  const query = node?.SubLink?.subLinkType === 'EXISTS_SUBLINK' ? (node.SubLink.subselect as PgNode) : undefined
  if (!query) return undefined
  const asked: Asked = { texts: new Set(), relations: [] }
  collect(query, asked)
  if (!asked.relations.every(isSystem)) return undefined
  for (const statement of statements) {
    const subject = subjectOf(catalog, statement)
    if (!subject) continue
    const texts = [...asked.texts].map(bareName)
    // Every text must be a name of the object or a word of the system catalogs: anything else asks more than whether it is there.
    const isAbout = texts.some((t) => subject.names.slice(1).includes(t) || subject.names[0] === t)
    if (!isAbout || !texts.every((t) => subject.names.includes(t) || SYSTEM_WORDS.has(t))) continue
    return subject.unsure ? undefined : subject.conflict !== ruledOut
  }
  return undefined
}

/** Values of the system catalogs that say what kind of object is asked for. */
const SYSTEM_WORDS: ReadonlySet<string> = new Set([
  ...['public', 'e', 'r', 'i', 'p', 'u', 'f', 'c'],
  ...['BASE TABLE', 'FOREIGN KEY', 'PRIMARY KEY', 'UNIQUE', 'CHECK'],
])

interface Asked {
  readonly texts: Set<string>
  readonly relations: PgNode[]
}

function collect(node: unknown, asked: Asked): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, asked)
  } else if (typeof node === 'object' && node !== null) {
    const fields = node as PgNode
    if (typeof fields.relname === 'string') asked.relations.push(fields)
    const text = fields.A_Const?.sval?.sval
    if (typeof text === 'string') asked.texts.add(text)
    for (const value of Object.values(fields)) collect(value, asked)
  }
}

function isSystem(range: PgNode): boolean {
  return (
    ['pg_catalog', 'information_schema'].includes(range.schemaname) || (!range.schemaname && (range.relname as string).startsWith('pg_'))
  )
}

/** `'"User"'::regclass` names the table User. */
function bareName(text: string): string {
  const name = text.startsWith('public.') ? text.slice('public.'.length) : text
  return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : name
}
