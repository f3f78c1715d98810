import type { Catalog } from '../catalog/catalog.ts'
import type { Values } from '../plpgsql/values.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { splitKey, strings, tableKey } from '../sql/relation.ts'
import { pathOfText } from './names-in.ts'
import { holdsWord, isWords, type SystemRow, systemRows, type Value } from './system-rows.ts'

/** Rows of a FROM clause by alias, innermost first. */
type Rows = readonly (readonly [alias: string, row: SystemRow])[]

/** What a condition about PostgreSQL's own catalogs says on this catalog: true, false, NULL; undefined where that can't be told. */
export function systemCondition(catalog: Catalog, node: PgNode | undefined, rows: Rows = []): Value {
  const [tag, n] = untag(node)
  const all = (list: readonly PgNode[]): Value[] => list.map((arg) => systemCondition(catalog, arg, rows))
  switch (tag) {
    case 'A_Const':
      return n.isnull ? null : n.boolval ? n.boolval.boolval === true : (n.sval?.sval ?? (n.sval ? '' : undefined))
    case 'BoolExpr': {
      const values = all(n.args)
      if (n.boolop === 'NOT_EXPR') return typeof values[0] === 'boolean' ? !values[0] : values[0] === null ? null : undefined
      const decides = n.boolop === 'OR_EXPR'
      if (values.includes(decides)) return decides
      return values.includes(undefined) ? undefined : values.includes(null) ? null : !decides
    }
    case 'NullTest': {
      const value = systemCondition(catalog, n.arg, rows)
      return value === undefined ? undefined : (value === null) === (n.nulltesttype === 'IS_NULL')
    }
    case 'ColumnRef':
      return columnValue(strings(n.fields), rows)
    case 'TypeCast':
      return cast(systemCondition(catalog, n.arg, rows), strings(n.typeName?.names).at(-1) ?? '')
    case 'FuncCall':
      return call(catalog, strings(n.funcname).at(-1) ?? '', all(n.args ?? []))
    case 'A_Expr':
      return compare(n, systemCondition(catalog, n.lexpr, rows), (right) => systemCondition(catalog, right, rows))
    case 'SubLink':
      return sublink(catalog, n, rows)
    default:
      return undefined
  }
}

/** What variables hold, for a condition that names them: they are found where no column is. */
export function rowsOfVariables(values: Values): Rows {
  const records = new Map<string, Record<string, Value>>()
  for (const [key, value] of values) {
    const [first = '', field] = key.split('.')
    const alias = field === undefined ? '' : first
    records.set(alias, { ...records.get(alias), [field ?? first]: typeof value === 'string' ? value : undefined })
  }
  return [...records]
}

function columnValue(path: readonly string[], rows: Rows): Value {
  const name = path.at(-1) ?? ''
  const found = path.length > 1 ? rows.find(([alias]) => alias === path.at(-2)) : rows.find(([, row]) => name in row)
  return found?.[1][name]
}

function cast(value: Value, type: string): Value {
  if (['text', 'name', 'bpchar', 'varchar', 'regnamespace'].includes(type) || typeof value !== 'string')
    return type === 'regnamespace' && typeof value === 'string' ? JSON.stringify(['', value]) : value
  return type === 'regclass' || type === 'regtype' ? relationId(value) : undefined
}

function relationId(text: string): Value {
  const path = pathOfText(text)
  return path && JSON.stringify(splitKey(tableKey(path.at(-1) ?? '', path.at(-2))))
}

function call(catalog: Catalog, name: string, [value]: readonly Value[]): Value {
  if (name === 'current_schema') return catalog.searchPath?.[0] ?? 'public'
  if (typeof value !== 'string' || catalog.incomplete.size > 0) return undefined
  const path = pathOfText(value)
  const key = path && tableKey(path.at(-1) ?? '', path.at(-2))
  if (name !== 'to_regclass' || key === undefined) return undefined
  // Indexes have names of the same kind; only what is surely there or surely not counts.
  if (catalog.tables.has(key) || catalog.views.has(key) || catalog.sequences.has(key)) return relationId(value)
  const [schema, relation] = splitKey(key)
  return [...catalog.tables.values()].some((t) => t.schema === schema && t.indexes.some((i) => i.name === relation))
    ? relationId(value)
    : null
}

function compare(n: PgNode, left: Value, evaluate: (node: PgNode) => Value): Value {
  const operator = strings(n.name).at(-1)
  if (isWords(left)) {
    const pattern = n.kind === 'AEXPR_LIKE' ? evaluate(n.rexpr) : undefined
    const holds = typeof pattern === 'string' ? holdsWord(String(left), pattern) : undefined
    return holds === undefined ? undefined : holds === (operator === '~~')
  }
  if (n.kind === 'AEXPR_IN') {
    const values = ((n.rexpr?.List?.items ?? []) as PgNode[]).map(evaluate)
    if (left === undefined || left === null) return left
    const isIn = values.includes(left) ? true : values.includes(undefined) ? undefined : false
    return isIn === undefined ? undefined : isIn === (operator === '=')
  }
  if (n.kind !== 'AEXPR_OP' && n.kind !== 'AEXPR_LIKE') return undefined
  const right = evaluate(n.rexpr)
  if (isWords(right)) return undefined
  if (left === null || right === null) return null
  if (left === undefined || right === undefined) return undefined
  if (n.kind === 'AEXPR_LIKE')
    return typeof right === 'string' && !/[%_\\]/.test(right) ? (left === right) === (operator === '~~') : undefined
  if (operator === '=') return left === right
  return operator === '<>' ? left !== right : undefined
}

function sublink(catalog: Catalog, n: PgNode, outer: Rows): Value {
  const query = n.subselect?.SelectStmt as PgNode | undefined
  if (query?.op !== 'SETOP_NONE' || query.withClause || query.groupClause || query.havingClause) return undefined
  const matches = joined(catalog, query, outer)
  if (n.subLinkType === 'EXISTS_SUBLINK') return matches && (matches.some((m) => m.surely) ? true : matches.length > 0 ? undefined : false)
  if (n.subLinkType !== 'EXPR_SUBLINK' || !matches || matches.length > 1 || query.targetList?.length !== 1) return undefined
  const [only] = matches
  if (!only) return null
  return only.surely ? systemCondition(catalog, query.targetList[0].ResTarget.val, only.rows) : undefined
}

interface Match {
  readonly rows: Rows
  readonly surely: boolean
}

/** The rows that a query finds, with those that it may find; undefined where it reads something else than PostgreSQL's own catalogs. */
function joined(catalog: Catalog, query: PgNode, outer: Rows): readonly Match[] | undefined {
  const conditions: PgNode[] = query.whereClause ? conjuncts(query.whereClause) : []
  const ranges = ((query.fromClause ?? []) as PgNode[]).map((f) => rangesOf(f, conditions))
  let found: Match[] = [{ rows: outer, surely: true }]
  for (const range of ranges.flat()) {
    const name = range && (['pg_catalog', undefined].includes(range.schemaname) ? range.relname : `${range.schemaname}.${range.relname}`)
    const rows = name === undefined ? undefined : systemRows(catalog, name)
    if (!range || !rows) return undefined
    const alias = range.alias?.aliasname ?? range.relname
    const next: Match[] = []
    for (const match of found) {
      for (const row of rows) {
        const inside: Rows = [[alias, row], ...match.rows]
        if (!conditions.some((c) => isRefused(systemCondition(catalog, c, inside)))) next.push({ rows: inside, surely: true })
      }
    }
    if (next.length > LIMIT) return undefined
    found = next
  }
  return found.map(({ rows }) => ({ rows, surely: conditions.every((c) => systemCondition(catalog, c, rows) === true) }))
}

const LIMIT = 10_000

function isRefused(value: Value): boolean {
  return value === false || value === null
}

function conjuncts(node: PgNode): PgNode[] {
  return node.BoolExpr?.boolop === 'AND_EXPR' ? (node.BoolExpr.args as PgNode[]).flatMap(conjuncts) : [node]
}

/** The relations of a FROM clause; what an inner join asks is added to the conditions. An absent one is something else. */
function rangesOf(node: PgNode, conditions: PgNode[]): (PgNode | undefined)[] {
  const [tag, from] = untag(node)
  if (tag === 'RangeVar') return [from]
  if (tag !== 'JoinExpr' || from.jointype !== 'JOIN_INNER' || from.usingClause || from.isNatural || from.alias) return [undefined]
  if (from.quals) conditions.push(...conjuncts(from.quals))
  return [...rangesOf(from.larg, conditions), ...rangesOf(from.rarg, conditions)]
}
