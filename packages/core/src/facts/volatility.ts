import type { Catalog, RoutineName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, strings, tableKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { typeName } from '../sql/type-name.ts'
import { typeOf, UNKNOWN } from './expression-type.ts'
import { builtInVolatility, extensionVolatility, type Volatility, volatileOverloads } from './function-volatility.ts'
import { plainBody } from './plain-body.ts'

export type { Volatility }

/** The part of a catalog that volatility rests on: what the history made beside PostgreSQL's own. */
export type Callables = Pick<Catalog, 'functions' | 'routines' | 'extensions' | 'searchPath'>

/**
 * Volatility of an expression as the planner of one PostgreSQL sees it: whether every row would get a value of its own. A function that is not known on that
 * version is volatile. Between immutable and stable the answer leans to stable; nothing that rewrites a table depends on it. `inside` are the functions whose
 * bodies are being looked into.
 */
export function volatility(node: unknown, callables: Callables, postgres: number, inside: readonly Statement[] = []): Volatility {
  const visit = (inner: unknown): Volatility => volatility(inner, callables, postgres, inside)
  if (Array.isArray(node)) return weakest(node.map(visit))
  if (typeof node !== 'object' || node === null) return 'immutable'
  const tagged = node as PgNode
  // Names and lengths, no values.
  if (tagged.TypeName || tagged.A_Const || tagged.ColumnRef || tagged.ParamRef) return 'immutable'
  // No default may hold one; where it may stand it reads rows.
  if (tagged.SubLink) return 'volatile'
  if (tagged.SQLValueFunction) return 'stable'
  if (tagged.TypeCast) return weakest([castVolatility(tagged.TypeCast), visit(tagged.TypeCast.arg)])
  if (tagged.FuncCall) return weakest([callVolatility(tagged.FuncCall, callables, postgres, inside), visit(tagged.FuncCall.args)])
  // The planner drops what stands behind a constant that is not null.
  if (tagged.CoalesceExpr && isConstant(tagged.CoalesceExpr.args[0])) return 'immutable'
  return weakest(Object.values(tagged).map(visit))
}

/** A literal with a type is read once, when the statement is; any other value by the type's input function, which for dates and times asks the session. */
function castVolatility(cast: PgNode): Volatility {
  return !cast.arg.A_Const && /^(date|time|interval|reg)/.test(typeName(cast.typeName)) ? 'stable' : 'immutable'
}

function isConstant(node: PgNode): boolean {
  return node.TypeCast ? isConstant(node.TypeCast.arg) : node.A_Const !== undefined && !node.A_Const.isnull
}

function callVolatility(call: PgNode, callables: Callables, postgres: number, inside: readonly Statement[]): Volatility {
  const { extensions, searchPath = [DEFAULT_SCHEMA] } = callables
  const path = strings(call.funcname)
  const name = path.at(-1) ?? ''
  const schema = path.at(-2)
  const own = schema === undefined || schema === 'pg_catalog' ? builtIn(name, call, postgres) : undefined
  if (schema === 'pg_catalog') return own ?? 'volatile'
  const schemas = schema === undefined ? searchPath : [schema]
  // Which of several functions of the name is meant depends on types that are not known here: the least predictable of them.
  const candidates = [
    own,
    ...schemas.map((s) => ofHistory(tableKey(name, s), call, callables, postgres, inside)),
    extensionVolatility(name, extensions, postgres),
  ].filter((v) => v !== undefined)
  return candidates.length > 0 ? weakest(candidates) : 'volatile'
}

/** A function that the history made, by its overloads that take so many arguments, each as its body shows where the planner looks into it. */
function ofHistory(
  key: RoutineName,
  call: PgNode,
  callables: Callables,
  postgres: number,
  inside: readonly Statement[],
): Volatility | undefined {
  const declared = callables.functions.get(key)
  const given = call.args?.length ?? 0
  const overloads = (callables.routines?.get(key) ?? []).filter(
    (r) => r.kind === 'function' && given <= r.takes.length && given >= r.takes.length - r.optional,
  )
  if (overloads.length === 0) return declared
  return weakest(
    overloads.map(({ volatility: said, made }) => {
      const body = said === 'volatile' && made && !inside.includes(made) ? plainBody(made) : undefined
      return body && made ? volatility(body, callables, postgres, [...inside, made]) : said
    }),
  )
}

function builtIn(name: string, call: PgNode, postgres: number): Volatility | undefined {
  const args = ((call.args ?? []) as PgNode[]).map(typeOf)
  const isVolatile = volatileOverloads(name, postgres).some((signature) => {
    const parameters = signature.split(',')
    return parameters.length === args.length && parameters.every((parameter, i) => takes(parameter, args[i]))
  })
  return isVolatile ? 'volatile' : builtInVolatility(name, postgres)
}

/** Nothing but what is known to be one gives a time with time zone; any other unclear value may be what the parameter asks for. */
function takes(parameter: string, type: string | undefined): boolean {
  if (parameter === 'time with time zone') return type?.replace(/\(\d\)/, '') === parameter
  return type === undefined || type === UNKNOWN || type === parameter
}

function weakest(all: readonly Volatility[]): Volatility {
  if (all.includes('volatile')) return 'volatile'
  return all.includes('stable') ? 'stable' : 'immutable'
}

const MOMENTS: ReadonlySet<string> = new Set([
  'now',
  'transaction_timestamp',
  'statement_timestamp',
  'current_setting',
  'txid_current',
  'pg_current_xact_id',
])

/** True where an expression asks for the time, the user or a setting: equal within one transaction, not between two. */
export function namesMoment(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  const { SQLValueFunction: value, FuncCall: call } = node as PgNode
  if (value || (call && MOMENTS.has(strings(call.funcname).at(-1) ?? ''))) return true
  return Object.values(node).some(namesMoment)
}
