import { type PgNode, parseStatement, SqlSyntaxError } from '../sql/parser.ts'
import { cast, type Value, type Values, valueIn } from './values.ts'

/** A variable or a record; of a record's field the record. */
export interface Variable {
  readonly name: string
  /** Absent for a record. */
  readonly type?: PgNode
}

/** The variables of a body by their numbers; undefined where two have the same name and it can't be told which is meant. */
export type Variables = readonly (Variable | undefined)[]

/** The variables that a body declares, those of loops included. */
export function variablesOf(body: PgNode): Variables {
  const datums = ((body.datums ?? []) as PgNode[]).map((d) => (d.PLpgSQL_var ?? d.PLpgSQL_rec ?? d.PLpgSQL_recfield) as PgNode | undefined)
  const count = (name: string): number => datums.filter((d) => d?.refname === name).length
  const loops = new Map<string, number>()
  countLoops(body.action, loops)
  const all = datums.map((datum): Variable | undefined => {
    const name = datum?.refname as string | undefined
    if (name === undefined || (count(name) > 1 && count(name) !== loops.get(name))) return undefined
    const type = typeOf(datum?.datatype?.PLpgSQL_type?.typname ?? '')
    return { name, ...(type && { type }) }
  })
  return all.map((variable, i) => variable ?? all[(datums[i]?.recparentno as number | undefined) ?? -1])
}

/** Each `FOR i IN 1..3` has a variable of its own, which is there in that loop only. */
function countLoops(node: unknown, counts: Map<string, number>): void {
  if (typeof node !== 'object' || node === null) return
  const name = (node as PgNode).PLpgSQL_stmt_fori?.var?.PLpgSQL_var?.refname as string | undefined
  if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const value of Object.values(node)) countLoops(value, counts)
}

function typeOf(text: string): PgNode | undefined {
  try {
    return parseStatement(`SELECT NULL::${text}`).SelectStmt?.targetList?.[0]?.ResTarget?.val?.TypeCast?.typeName
  } catch (error) {
    if (error instanceof SqlSyntaxError) return undefined
    throw error
  }
}

/** What variables hold from their declaration on, where it tells. */
export function initialValues(body: PgNode, variables: Variables): Values {
  const values = new Map<string, Value>()
  for (const [i, datum] of ((body.datums ?? []) as PgNode[]).entries()) {
    const text = datum.PLpgSQL_var?.default_val?.PLpgSQL_expr?.query as string | undefined
    const variable = variables[i]
    const value = text === undefined ? undefined : cast(valueIn(text, values), variable?.type)
    if (variable && value !== undefined) values.set(variable.name, value)
  }
  return values
}

/** What `name := expression` puts into which variable, where it tells. */
export function assignedValue(assign: PgNode, variables: Variables, values: Values): [name: string, value: Value] | undefined {
  const variable = variables[assign.varno as number]
  const text = (assign.expr?.PLpgSQL_expr?.query ?? '') as string
  const start = text.match(/^\s*([a-z_][a-z0-9_]*)\s*:?=/)
  if (!variable || start?.[1] !== variable.name) return undefined
  const value = cast(valueIn(text.slice(start[0].length), values), variable.type)
  return value === undefined ? undefined : [variable.name, value]
}

/** Names of the variables and records that a part of a body may assign. */
export function assignedIn(part: unknown, variables: Variables): ReadonlySet<string> {
  const found = new Set<string>()
  collect(part, variables, found)
  return found
}

function collect(node: unknown, variables: Variables, found: Set<string>): void {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if ((key === 'varno' || key === 'target') && typeof value === 'number') found.add(variables[value]?.name ?? '')
    else if (key === 'PLpgSQL_var' || key === 'PLpgSQL_rec') found.add((value as PgNode).refname as string)
    else collect(value, variables, found)
  }
}

/** True where a loop's turns may end early. */
export function leavesLoop(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  return 'PLpgSQL_stmt_exit' in node || Object.values(node).some(leavesLoop)
}
