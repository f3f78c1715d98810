import type { Catalog } from '../catalog/catalog.ts'
import { bodyItems, readBody } from '../plpgsql/plpgsql.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { splitKey, strings } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { tokensOf } from '../sql/tokens.ts'
import { changerIn } from './calls.ts'
import { temporaryName } from './temporary.ts'
import { WITHOUT_EFFECT } from './unfollowed.ts'

const ROWS_ONLY: ReadonlySet<string> = new Set('SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt TransactionStmt'.split(' '))

/** True where a call of the function that the statement makes may change the schema. What can't be seen counts; tables of its own session don't. */
export function changesSchema(catalog: Catalog, statement: Statement): boolean {
  // Most functions touch rows only, and reading a body costs more than all else that a migration has.
  const text = textOf(statement.node)
  if (text !== undefined && !namesChange(catalog, text)) return false
  const body = readBody(statement)
  if ('opaque' in body) return body.text === undefined || namesChange(catalog, body.text)
  const { statements, opaque, doubts } = bodyItems([{ kind: 'block', block: body }])
  if (opaque.length > 0 || doubts.length > 0) return true
  const temporary = new Set<string>()
  return statements.some((s) => changerIn(catalog, s.node) !== undefined || !isHarmless(s.node, temporary))
}

/** True for a statement that reads and writes rows, or changes nothing that the catalog holds. */
export function isRows(node: PgNode): boolean {
  return isHarmless(node, new Set())
}

/** The body of a function in SQL or PL/pgSQL, where it is a text. SELECT INTO makes a table in one of the two and sets a variable in the other. */
function textOf(node: PgNode): string | undefined {
  const options = (node.CreateFunctionStmt?.options ?? []) as PgNode[]
  const option = (name: string): PgNode | undefined => options.find((o) => o.DefElem?.defname === name)?.DefElem.arg
  const language = (option('language')?.String?.sval as string | undefined)?.toLowerCase()
  const text = option('as')?.List?.items?.[0]?.String?.sval as string | undefined
  return language === 'plpgsql' || (language === 'sql' && text !== undefined && !/\binto\b/i.test(text)) ? text : undefined
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
  const telling = new Set([...WORDS, ...changers.map((name) => name.toLowerCase())])
  return tokensOf(body).some(({ text }) => telling.has(text.replaceAll('"', '').toLowerCase()))
}

const WORDS = ['create', 'alter', 'drop', 'execute', 'call', 'import', 'prepare', 'do', 'search_path']
