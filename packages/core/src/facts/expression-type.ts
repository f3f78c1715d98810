import type { TypeName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import { typeName } from '../sql/type-name.ts'

/** A quoted literal or NULL: it takes the type that its place asks for. */
export const UNKNOWN = 'unknown'

const TIMESTAMPTZ = 'timestamp with time zone'
const TIMETZ = 'time with time zone'

/** What SQL's functions without parentheses give. */
const VALUE_FUNCTIONS: Readonly<Record<string, TypeName>> = {
  SVFOP_CURRENT_DATE: 'date',
  SVFOP_CURRENT_TIME: TIMETZ,
  SVFOP_CURRENT_TIME_N: TIMETZ,
  SVFOP_CURRENT_TIMESTAMP: TIMESTAMPTZ,
  SVFOP_CURRENT_TIMESTAMP_N: TIMESTAMPTZ,
  SVFOP_LOCALTIME: 'time without time zone',
  SVFOP_LOCALTIME_N: 'time without time zone',
  SVFOP_LOCALTIMESTAMP: 'timestamp without time zone',
  SVFOP_LOCALTIMESTAMP_N: 'timestamp without time zone',
}

/** What the functions that stand in defaults give, whatever they are given. */
const FUNCTIONS: ReadonlyMap<string, TypeName> = new Map([
  ['clock_timestamp', TIMESTAMPTZ],
  ['concat', 'text'],
  ['gen_random_uuid', 'uuid'],
  ['lower', 'text'],
  ['md5', 'text'],
  ['nextval', 'bigint'],
  ['now', TIMESTAMPTZ],
  ['statement_timestamp', TIMESTAMPTZ],
  ['to_char', 'text'],
  ['transaction_timestamp', TIMESTAMPTZ],
  ['upper', 'text'],
  ['uuid_generate_v1', 'uuid'],
  ['uuid_generate_v4', 'uuid'],
  ['uuidv4', 'uuid'],
  ['uuidv7', 'uuid'],
])

/** `x AT TIME ZONE zone` by the type of x. */
const ZONED: ReadonlyMap<TypeName, TypeName> = new Map([
  [TIMESTAMPTZ, 'timestamp without time zone'],
  ['timestamp without time zone', TIMESTAMPTZ],
  [TIMETZ, TIMETZ],
])

const LARGEST_INT8 = 2n ** 63n - 1n

/** Type of an expression as PostgreSQL would see it, {@link UNKNOWN} for a bare literal, undefined where it is not told here. */
export function typeOf(node: PgNode | undefined): TypeName | typeof UNKNOWN | undefined {
  if (!node) return undefined
  if (node.TypeCast) return typeName(node.TypeCast.typeName)
  if (node.A_Const) return constantType(node.A_Const)
  if (node.SQLValueFunction) return VALUE_FUNCTIONS[node.SQLValueFunction.op] ?? 'name'
  if (node.FuncCall) return callType(node.FuncCall)
  if (node.CollateClause) return typeOf(node.CollateClause.arg)
  if (node.A_Expr) return operationType(node.A_Expr)
  return undefined
}

function constantType(constant: PgNode): TypeName | typeof UNKNOWN {
  if (constant.ival) return 'integer'
  if (constant.boolval) return 'boolean'
  if (constant.bsval) return 'bit'
  if (!constant.fval) return UNKNOWN
  const digits = String(constant.fval.fval)
  return /^\d+$/.test(digits) && BigInt(digits) <= LARGEST_INT8 ? 'bigint' : 'numeric'
}

function callType(call: PgNode): TypeName | undefined {
  const name = strings(call.funcname).at(-1) ?? ''
  const args = (call.args ?? []) as PgNode[]
  if (name !== 'timezone') return FUNCTIONS.get(name)
  // Of the three that take a zone, a bare literal or an unclear value is taken for the preferred one.
  return ZONED.get(withoutPrecision(typeOf(args[1]) ?? TIMESTAMPTZ)) ?? ZONED.get(TIMESTAMPTZ)
}

function operationType(operation: PgNode): TypeName | undefined {
  const [left, right] = [typeOf(operation.lexpr), typeOf(operation.rexpr)]
  const operator = strings(operation.name).at(-1)
  if (operation.kind !== 'AEXPR_OP') return undefined
  if (operator === '||') return [left, right].some((t) => t === 'text') ? 'text' : undefined
  if (operator !== '+' && operator !== '-') return undefined
  if (!operation.lexpr) return right
  // A moment and an interval give a moment.
  return [left, right].map((t) => withoutPrecision(t ?? '')).find((t) => ZONED.has(t))
}

function withoutPrecision(type: TypeName): TypeName {
  return type.replace(/\(\d\)/, '')
}
