import type { Catalog } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { readScript } from '../sql/read.ts'
import { DEFAULT_SCHEMA } from '../sql/relation.ts'
import { quoteName } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import type { Change } from './change.ts'
import type { Apply } from './do.ts'
import { markEverything, without } from './edit.ts'
import { withPath } from './search-path.ts'
import { sourceOf, textOf } from './slice.ts'

/** Kinds of statement that may stand inside CREATE SCHEMA, in the order in which PostgreSQL runs them (transformCreateSchemaStmtElements). */
const ORDER = ['CreateSeqStmt', 'CreateStmt', 'ViewStmt', 'IndexStmt', 'CreateTrigStmt', 'GrantStmt']

/** CREATE SCHEMA; the statements inside it make what they name in that schema. */
export function createSchema(catalog: Catalog, fields: PgNode, change: Change, apply: Apply): Catalog {
  const name = fields.schemaname as string | undefined
  if (name === undefined && fields.authrole?.roletype !== 'ROLESPEC_CSTRING')
    return markEverything(catalog, change, 'a schema is made that is called like the user who runs it')
  const schema = name ?? (fields.authrole.rolename as string)
  const isDoubtful = catalog.incomplete.has(quoteName(schema))
  if (catalog.schemas.has(schema) && !isDoubtful)
    return fields.if_not_exists ? catalog : markEverything(catalog, change, `the schema "${schema}" is created while it stands already`)
  const made: Catalog = {
    ...catalog,
    schemas: new Set(catalog.schemas).add(schema),
    incomplete: without(catalog.incomplete, quoteName(schema)),
  }
  const elements = elementsOf(change.statement, (fields.schemaElts ?? []) as PgNode[])
  if (!elements) return markEverything(made, change, 'the statements inside CREATE SCHEMA could not be told from each other')
  if (elements.length === 0) return made
  // Inside, the new schema comes before the others.
  const within = withPath(made, { path: [schema, ...(catalog.searchPath ?? [DEFAULT_SCHEMA])], isLocal: false })
  const after = elements.reduce((current, element) => apply(current, element, change.migration), within)
  const { searchPath: _, sessionPath: __, ...rest } = after
  return {
    ...rest,
    ...(catalog.searchPath && { searchPath: catalog.searchPath }),
    ...(catalog.sessionPath && { sessionPath: catalog.sessionPath }),
  }
}

/** The statements inside with their own texts, in the order in which they run; undefined where the texts could not be cut. */
function elementsOf(statement: Statement, nodes: readonly PgNode[]): Statement[] | undefined {
  if (nodes.length === 0) return []
  const source = sourceOf(statement)
  const starts: number[] = []
  let depth = 0
  for (const [i, { text }] of source.tokens.entries()) {
    if (text === '(') depth++
    if (text === ')') depth--
    const word = text.toUpperCase()
    if (depth === 0 && i > 0 && (word === 'CREATE' || word === 'GRANT')) starts.push(i)
  }
  if (starts.length !== nodes.length) return undefined
  const elements = starts.flatMap((from, i) => readScript(textOf(source, [from, starts[i + 1] ?? source.tokens.length])).statements)
  const isSame = elements.length === nodes.length && elements.every((e, i) => untag(e.node)[0] === untag(nodes[i])[0])
  const rank = (e: Statement): number => ORDER.indexOf(untag(e.node)[0])
  return isSame
    ? elements.map((e) => ({ ...e, index: statement.index, line: statement.line })).toSorted((a, b) => rank(a) - rank(b))
    : undefined
}
