import type { Catalog } from '../catalog/catalog.ts'
import { type PgNode, SqlSyntaxError, scan, untag } from '../parser.ts'
import { bodyItems, readBody } from '../plpgsql.ts'
import { splitKey, strings } from '../relation.ts'
import type { Statement } from '../statement.ts'
import { changerIn } from './calls.ts'
import { temporaryName } from './temporary.ts'
import { WITHOUT_EFFECT } from './unfollowed.ts'

const ROWS_ONLY: ReadonlySet<string> = new Set('SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt TransactionStmt'.split(' '))

/** True where a call of the function that the statement makes may change the schema. What can't be seen counts; tables of its own session don't. */
export function changesSchema(catalog: Catalog, statement: Statement): boolean {
  const body = readBody(statement)
  if ('opaque' in body) return body.text === undefined || namesChange(catalog, body.text)
  const { statements, opaque } = bodyItems([{ kind: 'block', block: body }])
  if (opaque.length > 0) return true
  const temporary = new Set<string>()
  return statements.some((s) => changerIn(catalog, s.node) !== undefined || !isHarmless(s.node, temporary))
}

/** Notes temporary tables in `temporary` as they are made. */
function isHarmless(node: PgNode, temporary: Set<string>): boolean {
  const [tag, fields] = untag(node)
  const made = temporaryName(node)
  if (made !== undefined) temporary.add(made)
  if (made !== undefined || WITHOUT_EFFECT.has(tag)) return true
  if (ROWS_ONLY.has(tag)) return fields.intoClause === undefined
  if (tag === 'VariableSetStmt') return fields.name !== 'search_path'
  if (tag === 'DropStmt' && fields.removeType === 'OBJECT_TABLE') {
    return (fields.objects as PgNode[]).every((o) => temporary.has(strings(o.List?.items).at(-1) ?? ''))
  }
  return (tag === 'IndexStmt' || tag === 'AlterTableStmt') && temporary.has(fields.relation.relname)
}

/**
 * A body that the PL/pgSQL parser does not read, mostly for a variable of a table's own type: without one of the words that every change of a
 * schema begins with, and without the name of a function that makes one, it makes none.
 */
export function namesChange(catalog: Catalog, body: string): boolean {
  const changers = [...(catalog.routines ?? [])].flatMap(([key, list]) => (list.some((r) => r.does === 'schema') ? [splitKey(key)[1]] : []))
  const telling = new Set(['create', 'alter', 'drop', 'execute', 'call', 'import', ...changers.map((name) => name.toLowerCase())])
  try {
    return scan(body).some((t) => t.name !== 'SCONST' && telling.has(t.text.replaceAll('"', '').toLowerCase()))
  } catch (error) {
    if (error instanceof SqlSyntaxError) return true
    throw error
  }
}
