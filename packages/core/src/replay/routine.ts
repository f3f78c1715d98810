import type { Catalog, Routine, RoutineName, TypeName, Volatility } from '../catalog/catalog.ts'
import { column } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { strings, tableKey } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { bareType, typeName } from '../sql/type-name.ts'
import { withEntry, without } from './edit.ts'

/** A routine as CREATE FUNCTION or CREATE PROCEDURE makes it. */
export function routineOf(catalog: Catalog, fields: PgNode, statement: Statement, does: Routine['does']): Routine {
  const parameters = ((fields.parameters ?? []) as PgNode[]).map((p) => p.FunctionParameter as PgNode)
  const inputs = parameters.filter((p) => p.mode !== 'FUNC_PARAM_OUT' && p.mode !== 'FUNC_PARAM_TABLE')
  const outputs = parameters.filter((p) => ['FUNC_PARAM_OUT', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_TABLE'].includes(p.mode))
  const gives =
    outputs.length > 0
      ? outputs.map((p, i) => (p.name as string | undefined) ?? `column${i + 1}`)
      : argumentType(catalog, fields.returnType)
  return {
    kind: fields.is_procedure ? 'procedure' : 'function',
    takes: inputs.map((p) => argumentType(catalog, p.argType)),
    optional: inputs.filter((p) => p.defexpr).length,
    gives,
    types: [...parameters.map((p) => argumentType(catalog, p.argType)), argumentType(catalog, fields.returnType)],
    volatility: volatilityOf(fields.options) ?? 'volatile',
    does,
    made: statement,
  }
}

/** The type of an argument: functions forget modifiers. `t.a%TYPE` is the type of that column. */
export function argumentType(catalog: Catalog, node: PgNode | undefined): TypeName {
  if (!node) return 'void'
  const { typmods: _, ...bare } = node
  if (!node.pct_type) return typeName(bare)
  const path = strings(node.names)
  const found = column(catalog.tables.get(tableKey(path.at(-2) ?? '', path.at(-3))), path.at(-1) ?? '')?.type
  return found?.replace(/\([\d,]*\)/, '') ?? 'unknown'
}

/** What the options of CREATE or ALTER FUNCTION say. */
export function volatilityOf(options: readonly PgNode[] | undefined): Volatility | undefined {
  return options?.find((o) => o.DefElem?.defname === 'volatility')?.DefElem.arg?.String?.sval
}

/** The key of a routine's name in a tree. */
export function routineKey(path: readonly string[]): RoutineName {
  return tableKey(path.at(-1) ?? '', path.at(-2))
}

/** True for the overload that an ObjectWithArgs means; without arguments any. */
export function isMeant(catalog: Catalog, object: PgNode): (routine: Routine) => boolean {
  if (object.args_unspecified) return () => true
  const takes = ((object.objargs ?? []) as PgNode[]).map((a) => argumentType(catalog, a.TypeName)).join()
  return (routine) => routine.takes.join() === takes
}

/** The catalog with other overloads under a name; `functions` follows, which tells the worst of them. */
export function putRoutines(catalog: Catalog, key: RoutineName, list: readonly Routine[]): Catalog {
  const known = catalog.routines ?? new Map()
  const routines = list.length > 0 ? withEntry(known, key, list) : without(known, key)
  const worst = worstOf(list)
  return { ...catalog, routines, functions: worst ? withEntry(catalog.functions, key, worst) : without(catalog.functions, key) }
}

/** The catalog without routines of which an argument or the result is of a type that goes, and the names that are gone altogether. */
export function withoutRoutinesOf(catalog: Catalog, types: ReadonlySet<TypeName>): { catalog: Catalog; gone: readonly RoutineName[] } {
  let current = catalog
  const gone: RoutineName[] = []
  for (const [key, list] of catalog.routines ?? []) {
    const left = list.filter((r) => !r.types.some((type) => types.has(bareType(type))))
    if (left.length === list.length) continue
    current = putRoutines(current, key, left)
    if (left.length === 0) gone.push(key)
  }
  return { catalog: current, gone }
}

const ORDER: readonly Volatility[] = ['immutable', 'stable', 'volatile']

function worstOf(list: readonly Routine[]): Volatility | undefined {
  const given = list.filter((r) => r.kind === 'function').map((r) => ORDER.indexOf(r.volatility))
  return given.length > 0 ? ORDER[Math.max(...given)] : undefined
}

/** The less predictable of two. */
export function worse(a: Volatility, b: Volatility): Volatility {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b
}
