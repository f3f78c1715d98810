import type { Column, Index, IndexKey } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import type { PgNode } from '../sql/parser.ts'
import { printedName } from '../sql/printed-name.ts'
import { DEFAULT_SCHEMA, strings } from '../sql/relation.ts'
import { MAX_IDENTIFIER_BYTES } from '../sql/sql.ts'
import { columnsNamed } from './columns-named.ts'
import { clip } from './object-name.ts'
import { nameOf } from './output-name.ts'
import { closing, isExpression, type Source, textOf, tokenAt } from './slice.ts'

/** The columns that an index is on; none where they are not known. */
type Columns = readonly Column[]

/** The keys where all are columns: no text is needed for them. */
export function columnKeys(elements: readonly PgNode[], columns: Columns): readonly IndexKey[] | undefined {
  const keys: IndexKey[] = []
  for (const element of elements) {
    if (element.name === undefined) return undefined
    keys.push({ column: element.name, options: optionsOf(element, columns) })
  }
  return keys
}

/** The keys in the parentheses that open at token `open`, or undefined where an expression could not be told. */
export function readKeys(source: Source, open: number, elements: readonly PgNode[], columns: Columns): readonly IndexKey[] | undefined {
  const keys: IndexKey[] = []
  let from = open + 1
  for (const element of elements) {
    const name = element.name ?? plainColumn(element.expr)
    if (name !== undefined) keys.push({ column: name, options: optionsOf(element, columns) })
    else {
      const expression = element.expr.CollateClause
        ? collated(source, from, element.expr.CollateClause)
        : expressionOf(source, from, element.expr)
      if (expression === undefined) return undefined
      keys.push({ expression, options: optionsOf(element, columns) })
    }
    from = behindComma(source, from)
  }
  return keys
}

/** The column that is all of the expression, but for a collation: `(a)`, `((a COLLATE "C"))`. Its key is the column. */
function plainColumn(node: PgNode): string | undefined {
  if (node.CollateClause) return plainColumn(node.CollateClause.arg)
  const path = node.ColumnRef && strings(node.ColumnRef.fields)
  return path?.length === 1 ? path[0] : undefined
}

/** What the columns of an index are called, which its own name is made of: equal ones are numbered (ChooseIndexColumnNames in src/backend/commands/indexcmds.c). */
export function indexColumnNames(elements: readonly PgNode[], include: readonly string[]): string[] {
  return numbered([...elements.map((e) => (e.name as string | undefined) ?? nameOf(e.expr) ?? 'expr'), ...include])
}

/** The same for an index that stands. */
export function namesOfIndex(index: Index): readonly string[] {
  return (
    index.madeAs ??
    numbered([...index.keys.map((k) => k.column ?? nameOf(parseExpression(k.expression ?? '')) ?? 'expr'), ...index.include])
  )
}

/** Equal names are numbered. */
export function numbered(names: readonly string[]): string[] {
  const taken: string[] = []
  for (const name of names) {
    let free = name
    for (let i = 1; taken.includes(free); i++) free = clip(name, MAX_IDENTIFIER_BYTES - String(i).length) + i
    taken.push(free)
  }
  return taken
}

function behindComma(source: Source, from: number): number {
  let i = from
  while (i < source.tokens.length) {
    const text = source.tokens[i]?.text
    if (text === ',') return i + 1
    if (text === ')') return i
    i = text === '(' || text === '[' ? closing(source, i) : i + 1
  }
  return i
}

/** `(expression)` or a function call, whose parentheses may be followed by nothing of the expression. */
function expressionOf(source: Source, from: number, node: PgNode): string | undefined {
  if (source.tokens[from]?.text === '(') {
    const text = textOf(source, [from + 1, closing(source, from) - 1])
    if (isExpression(text, node)) return text
  }
  const stop = behindComma(source, from)
  for (let to = from + 1; to <= stop; to++) {
    const text = textOf(source, [from, to])
    if (isBalanced(source, from, to) && isExpression(text, node)) return text
  }
  return undefined
}

/** `(lower(a) COLLATE "C")`: the collation is the key's, and no part of its expression. */
function collated(source: Source, from: number, clause: PgNode): string | undefined {
  let open = from
  while (source.tokens[open + 1]?.text === '(' && closing(source, open + 1) === closing(source, open) - 1) open++
  const text = textOf(source, [open + 1, tokenAt(source, clause)])
  return isExpression(text, clause.arg) ? text : undefined
}

function isBalanced(source: Source, from: number, to: number): boolean {
  let depth = 0
  for (const { text } of source.tokens.slice(from, to)) depth += text === '(' ? 1 : text === ')' ? -1 : 0
  return depth === 0
}

/** Operator classes of PostgreSQL's own that are the default of their type and method: naming one says nothing. */
const DEFAULT_CLASSES: ReadonlySet<string> = new Set(
  `array_ops bit_ops bool_ops box_ops bpchar_ops bytea_ops char_ops circle_ops cidr_ops date_ops enum_ops float4_ops float8_ops inet_ops int2_ops
  int4_ops int8_ops interval_ops jsonb_ops macaddr_ops macaddr8_ops money_ops multirange_ops name_ops numeric_ops oid_ops oidvector_ops
  pg_lsn_ops point_ops poly_ops quad_point_ops range_ops record_ops text_ops tid_ops time_ops timestamp_ops timestamptz_ops timetz_ops
  tsquery_ops tsvector_ops uuid_ops varbit_ops xid_ops xid8_ops`
    .split(/\s+/)
    .filter(Boolean),
)

/** Its others. What is in neither list comes from an extension. */
const OTHER_CLASSES: ReadonlySet<string> = new Set(
  'bpchar_pattern_ops jsonb_path_ops kd_point_ops record_image_ops text_pattern_ops varchar_ops varchar_pattern_ops'.split(' '),
)

/** Collation, operator class and order of a key as PostgreSQL prints them: only what differs from the default. */
function optionsOf(element: PgNode, columns: Columns): string {
  const descending = element.ordering === 'SORTBY_DESC'
  const nullsFirst = element.nulls_ordering === 'SORTBY_NULLS_FIRST'
  const nullsLast = element.nulls_ordering === 'SORTBY_NULLS_LAST'
  return [
    collationOption(element, columns),
    classOf(element),
    descending ? 'DESC' : '',
    descending && nullsLast ? 'NULLS LAST' : !descending && nullsFirst ? 'NULLS FIRST' : '',
  ]
    .filter(Boolean)
    .join(' ')
}

/** `COLLATE …` where it is not the one that the column or expression has by itself. */
function collationOption(element: PgNode, columns: Columns): string {
  const plain = element.name ?? plainColumn(element.expr)
  const given = printedCollation(element.collation ?? element.expr?.CollateClause?.collname)
  if (given === undefined) return ''
  const own =
    plain === undefined
      ? ownCollation(element.expr.CollateClause?.arg ?? element.expr, columns)
      : columns.find((c) => c.name === plain)?.collation
  return given === (own ?? DEFAULT_COLLATION) ? '' : `COLLATE ${given}`
}

const DEFAULT_COLLATION = '"default"'

function printedCollation(path: readonly PgNode[] | undefined): string | undefined {
  const names = strings(path).filter((name) => name !== 'pg_catalog')
  return names.length === 0 ? undefined : names.map(printedName).join('.')
}

/** The collation of an expression: one that it names, else that of its columns. */
function ownCollation(node: PgNode, columns: Columns): string | undefined {
  const named = columnsNamed(node, { columns })
  return collationIn(node) ?? columns.find((c) => c.collation !== undefined && named.includes(c.name))?.collation
}

/** The COLLATE in a tree. */
function collationIn(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  const clause = (node as PgNode).CollateClause as PgNode | undefined
  if (clause) return printedCollation(clause.collname)
  for (const value of Object.values(node)) {
    const found = collationIn(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** A key after one of the columns got another collation: one that the key names and has by itself now is not told. */
export function recollated(key: IndexKey, columns: Columns): IndexKey {
  if (!key.options.startsWith('COLLATE ')) return key
  const collation =
    key.column === undefined
      ? ownCollation(parseExpression(key.expression ?? ''), columns)
      : columns.find((c) => c.name === key.column)?.collation
  const own = `COLLATE ${collation ?? DEFAULT_COLLATION}`
  if (key.options !== own && !key.options.startsWith(`${own} `)) return key
  return { ...key, options: key.options.slice(own.length).trimStart() }
}

function classOf(element: PgNode): string {
  const path = strings(element.opclass)
  const name = path.at(-1)
  if (name === undefined) return ''
  const options = ((element.opclassopts ?? []) as PgNode[]).map(({ DefElem: o }) => {
    const value = o.arg?.String?.sval ?? o.arg?.Integer?.ival ?? o.arg?.Float?.fval ?? ''
    return `${printedName(o.defname)}='${String(value).replaceAll("'", "''")}'`
  })
  const own =
    path.at(-2) === 'pg_catalog' ||
    DEFAULT_CLASSES.has(name) ||
    OTHER_CLASSES.has(name) ||
    /_(minmax|bloom|inclusion)(_multi)?_ops$/.test(name)
  if (own && options.length === 0 && DEFAULT_CLASSES.has(name)) return ''
  const printed = own ? printedName(name) : `${printedName(path.at(-2) ?? DEFAULT_SCHEMA)}.${printedName(name)}`
  return options.length > 0 ? `${printed} (${options.join(', ')})` : printed
}
