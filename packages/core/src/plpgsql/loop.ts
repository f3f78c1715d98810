import { type PgNode, parseStatement, SqlSyntaxError, untag } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import { evaluate, isInteger, type Value, type Values, valueIn } from './values.ts'
import type { Variables } from './variables.ts'

/** As many turns as are worth looking at. */
const MANY = 1000

/** What a loop's variables hold in each of its turns, by their names; undefined where that can't be told before it runs. */
export function turnsOf(loop: PgNode, variables: Variables, values: Values): readonly Values[] | undefined {
  const [tag, s] = untag(loop)
  const isClear = (name: string): boolean => variables.some((v) => v?.name === name)
  const query = (expression: PgNode | undefined): string => (expression?.PLpgSQL_expr?.query as string | undefined) ?? ''
  switch (tag) {
    case 'PLpgSQL_stmt_foreach_a': {
      const list = valueIn(query(s.expr), values)
      const name = variables[s.varno]?.name
      // A slice is an array itself.
      return typeof list === 'object' && name !== undefined && !s.slice && list.length <= MANY
        ? list.map((value) => new Map([[name, value]]))
        : undefined
    }
    case 'PLpgSQL_stmt_fori': {
      const bounds = [s.lower, s.upper, s.step].map((e) => (e ? valueIn(query(e), values) : '1'))
      const name = s.var?.PLpgSQL_var?.refname as string
      return isClear(name) ? numbers(bounds, s.reverse === true)?.map((value) => new Map([[name, value]])) : undefined
    }
    case 'PLpgSQL_stmt_fors': {
      const rows = rowsOf(query(s.query), values)
      const record = s.var?.PLpgSQL_rec?.refname as string | undefined
      const fields = ((s.var?.PLpgSQL_row?.fields ?? []) as { name: string }[]).map((f) => f.name)
      if (!rows || rows.length > MANY || ![...fields, ...(record === undefined ? [] : [record])].every(isClear)) return undefined
      if (record !== undefined) return rows.map((row) => new Map(row.map(([column, value]) => [`${record}.${column}`, value])))
      return rows.every((row) => row.length === fields.length)
        ? rows.map((row) => new Map(row.map(([, value], i) => [fields[i] as string, value])))
        : undefined
    }
    default:
      return undefined
  }
}

function numbers([from, to, step]: readonly (Value | undefined)[], isReverse = false): string[] | undefined {
  const all = [from, to, step].map((v) => (typeof v === 'string' && isInteger(v) ? Number(v) : undefined))
  const [first, last, by] = all
  if (first === undefined || last === undefined || by === undefined || by <= 0 || Math.abs(last - first) / by > MANY) return undefined
  const found: string[] = []
  for (let i = first; isReverse ? i >= last : i <= last; i += isReverse ? -by : by) found.push(String(i))
  return found
}

type Row = readonly (readonly [column: string, value: string])[]

/** The rows of a query over literals alone: VALUES, unnest of an array, generate_series; undefined for any other. */
function rowsOf(query: string, values: Values): readonly Row[] | undefined {
  try {
    const select = parseStatement(query).SelectStmt as PgNode | undefined
    return select && rowsOfSelect(select, values)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}

/** Parts of a query that leave rows out or order them, among others. */
const PLAIN: ReadonlySet<string> = new Set(['targetList', 'fromClause', 'valuesLists', 'limitOption', 'op'])

function rowsOfSelect(select: PgNode, values: Values): readonly Row[] | undefined {
  if (select.op !== 'SETOP_NONE' || Object.keys(select).some((part) => !PLAIN.has(part))) return undefined
  if (select.valuesLists) return named(valuesOf(select.valuesLists, values), [])
  const [from, ...others] = (select.fromClause ?? []) as PgNode[]
  const [target, ...targets] = ((select.targetList ?? []) as PgNode[]).map((t) => t.ResTarget as PgNode)
  if (others.length > 0 || targets.length > 0 || !target) return undefined
  if (!from) {
    const column = (target.name as string | undefined) ?? strings(target.val?.FuncCall?.funcname).at(-1) ?? ''
    return named(setOf(target.val?.FuncCall, values), [column])
  }
  const isAll = target.val?.ColumnRef?.fields?.[0]?.A_Star !== undefined
  const [tag, source] = untag(from)
  const aliases = strings(source.alias?.colnames)
  if (tag === 'RangeSubselect') {
    const lists = source.subquery?.SelectStmt?.valuesLists as PgNode[] | undefined
    return isAll && lists ? named(valuesOf(lists, values), aliases) : undefined
  }
  const [item, ...more] = (source.functions ?? []) as PgNode[]
  const call = item?.List?.items?.[0]?.FuncCall as PgNode | undefined
  if (tag !== 'RangeFunction' || more.length > 0 || source.ordinality || !call) return undefined
  const column = aliases[0] ?? (source.alias?.aliasname as string | undefined) ?? strings(call.funcname).at(-1) ?? ''
  const isColumn = strings(target.val?.ColumnRef?.fields).at(-1) === column
  return isAll || isColumn
    ? named(setOf(call, values), [(isColumn ? (target.name as string | undefined) : undefined) ?? column])
    : undefined
}

function valuesOf(lists: readonly PgNode[], values: Values): readonly (readonly string[])[] | undefined {
  const rows = lists.map((list) => ((list.List?.items ?? []) as PgNode[]).map((item) => evaluate(item, values)))
  return rows.every((row) => row.every((value) => typeof value === 'string')) ? (rows as string[][]) : undefined
}

/** What unnest or generate_series gives. */
function setOf(call: PgNode | undefined, values: Values): readonly (readonly string[])[] | undefined {
  const args = ((call?.args ?? []) as PgNode[]).map((arg) => evaluate(arg, values))
  const name = strings(call?.funcname).at(-1)
  const [list] = args
  if (name === 'unnest') return args.length === 1 && typeof list === 'object' ? list.map((value) => [value]) : undefined
  return name === 'generate_series' ? numbers([...args, ...(args.length === 2 ? ['1'] : [])])?.map((value) => [value]) : undefined
}

function named(rows: readonly (readonly string[])[] | undefined, columns: readonly string[]): readonly Row[] | undefined {
  return rows?.map((row) => row.map((value, i) => [columns[i] ?? `column${i + 1}`, value] as const))
}
