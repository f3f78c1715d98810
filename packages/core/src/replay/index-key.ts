import type { IndexKey } from '../catalog/catalog.ts'
import type { PgNode } from '../parser.ts'
import { printedName } from '../printed-name.ts'
import { DEFAULT_SCHEMA, strings } from '../relation.ts'
import { closing, isExpression, type Source, textOf } from './slice.ts'

/** The keys where all are columns: no text is needed for them. */
export function columnKeys(elements: readonly PgNode[]): readonly IndexKey[] | undefined {
  if (elements.some((element) => element.name === undefined)) return undefined
  return elements.map((element) => ({ column: element.name as string, options: optionsOf(element) }))
}

/** The keys in the parentheses that open at token `open`, or undefined where an expression could not be told. */
export function readKeys(source: Source, open: number, elements: readonly PgNode[]): readonly IndexKey[] | undefined {
  const keys: IndexKey[] = []
  let from = open + 1
  for (const element of elements) {
    if (element.name !== undefined) keys.push({ column: element.name, options: optionsOf(element) })
    else {
      const expression = expressionOf(source, from, element.expr)
      if (expression === undefined) return undefined
      keys.push({ expression, options: optionsOf(element) })
    }
    from = behindComma(source, from)
  }
  return keys
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
function optionsOf(element: PgNode): string {
  const descending = element.ordering === 'SORTBY_DESC'
  const nullsFirst = element.nulls_ordering === 'SORTBY_NULLS_FIRST'
  const nullsLast = element.nulls_ordering === 'SORTBY_NULLS_LAST'
  const collation = strings(element.collation).filter((name) => name !== 'pg_catalog')
  return [
    collation.length > 0 && collation.at(-1) !== 'default' ? `COLLATE ${collation.map(printedName).join('.')}` : '',
    classOf(element),
    descending ? 'DESC' : '',
    descending && nullsLast ? 'NULLS LAST' : !descending && nullsFirst ? 'NULLS FIRST' : '',
  ]
    .filter(Boolean)
    .join(' ')
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
