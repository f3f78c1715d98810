import type { TypeName } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import { typeName } from '../sql/type-name.ts'
import { typeOf, UNKNOWN } from './expression-type.ts'
import { isConstrained } from './new-column.ts'
import { belowDomains, type Context, listedName, pathway, type Types } from './pathway.ts'
import { baseName, keepsEveryValue, typeParts } from './type-parts.ts'

/** What the change of a column's values costs: none, none in a session whose time zone is UTC and else a copy of the table, a copy, or PostgreSQL refuses. */
export type ValueCost = 'none' | 'none in UTC' | 'rewrite' | { readonly code: string; readonly reason: string }

interface Change {
  readonly column: string
  readonly from: TypeName
  readonly to: TypeName
  /** The USING expression. */
  readonly using?: PgNode
  readonly types: Types
  readonly postgres: number
}

/** A type and the length its values are known to have: that of a domain is not known. */
interface Value {
  readonly type: TypeName
  readonly modifiers: string
}

/**
 * What PostgreSQL does with the values for ALTER COLUMN … TYPE. A USING that is the column, cast or not, is what PostgreSQL would have added itself: the planner
 * drops casts that change no byte and cut nothing. Any other USING is computed for every row.
 */
export function valueCost(change: Change): ValueCost {
  const { from, to, using, types, postgres } = change
  const casts = castsOf(using, change)
  if (!casts) {
    const given = typeOf(using)
    const isPossible = given === undefined || given === UNKNOWN || pathway(given, to, 'assignment', types, postgres)
    return isPossible ? 'rewrite' : refused('42804', `the result of USING is ${given}, which is not cast to ${to} by itself`)
  }
  let value: Value = { type: from, modifiers: types.domains.has(from) ? '' : lengthOf(from) }
  let cost: 'none' | 'none in UTC' | 'rewrite' = 'none'
  const steps = [...casts.map((type) => ({ type, context: 'written' as const })), { type: to, context: 'assignment' as const }]
  for (const { type, context } of steps) {
    const step = coerce(value, type, context, types, postgres)
    if (!step) {
      const code = context === 'written' ? '42846' : '42804'
      return refused(code, `${value.type} is not cast to ${type}${context === 'assignment' ? ' by itself' : ''}`)
    }
    if (step.cost === 'rewrite' || cost === 'none') cost = step.cost === 'none' ? cost : step.cost
    value = step.value
  }
  return cost
}

function refused(code: string, reason: string): ValueCost {
  return { code, reason }
}

/** Types that the column is cast to in USING, innermost first; undefined where USING is something else. */
function castsOf(node: PgNode | undefined, change: Change): TypeName[] | undefined {
  if (!node) return []
  const [tag, fields] = untag(node)
  if (tag === 'ColumnRef') return strings(fields.fields).at(-1) === change.column ? [] : undefined
  // Another collation is the same bytes.
  if (tag === 'CollateClause') return castsOf(fields.arg, change)
  if (tag !== 'TypeCast') return undefined
  const type = typeName(fields.typeName)
  const inner = castsOf(fields.arg, change)
  return inner && [...inner, namesSame(fields.typeName, change.to) ? change.to : type]
}

/** A bare name that the search_path finds is the type that the statement itself changes to. */
function namesSame(node: PgNode, to: TypeName): boolean {
  const path = strings(node.names)
  const target = typeParts(to).base
  return path.length === 1 && !node.arrayBounds && (target.endsWith(`.${path[0]}`) || target.endsWith(`."${path[0]}"`))
}

type Step = { readonly value: Value; readonly cost: 'none' | 'none in UTC' | 'rewrite' }

/** One cast as the planner leaves it, or undefined where there is none. */
function coerce(value: Value, target: TypeName, context: Context, types: Types, postgres: number): Step | undefined {
  const way = pathway(value.type, target, context, types, postgres)
  if (way === undefined) return undefined
  const isSame = value.type === target || (way === 'same' && !types.domains.has(target))
  const isZoned = way === 'function' && isTimestampPair(listedName(value.type, types), listedName(target, types))
  const computed = way === 'function' ? (isZoned ? 'none in UTC' : 'rewrite') : 'none'
  if (types.domains.has(target)) {
    if (isSame) return { value, cost: 'none' }
    const base = belowDomains(target, types)
    const keeps = fits(way === 'function' ? '' : value.modifiers, base)
    return { value: { type: target, modifiers: '' }, cost: keeps && !isConstrained(target, types) ? computed : 'rewrite' }
  }
  // A cast that only says another name for the bytes forgets their length.
  const modifiers = isSame ? value.modifiers : ''
  return { value: { type: target, modifiers: lengthOf(target) || modifiers }, cost: fits(modifiers, target) ? computed : 'rewrite' }
}

function isTimestampPair(from: string, to: string): boolean {
  return from !== to && [from, to].every((type) => type === 'timestamp without time zone' || type === 'timestamp with time zone')
}

function fits(modifiers: string, to: TypeName): boolean {
  return keepsEveryValue(modifiers ? modifiers.split(',') : [], baseName(to), typeParts(to).modifiers)
}

function lengthOf(type: TypeName): string {
  return typeParts(type).modifiers.join()
}
