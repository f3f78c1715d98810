import { type PgNode, untag } from '../sql/parser.ts'

/** What PostgreSQL calls a column of a query that was given no name (FigureColname in src/backend/parser/parse_target.c). */
export function outputName(node: PgNode): string {
  return nameOf(node) ?? '?column?'
}

/** The name that an expression has by itself, or undefined. */
export function nameOf(node: PgNode): string | undefined {
  return strongName(node) ?? weakName(node)
}

/** A name that a cast around it does not change. */
function strongName(node: PgNode | undefined): string | undefined {
  const [tag, n] = untag(node)
  switch (tag) {
    case 'ColumnRef':
      return lastName(n.fields)
    case 'A_Indirection':
      return lastName(n.indirection) ?? strongName(n.arg)
    case 'FuncCall':
      return lastName(n.funcname)
    case 'A_Expr':
      return n.kind === 'AEXPR_NULLIF' ? 'nullif' : undefined
    case 'TypeCast':
      return strongName(n.arg)
    case 'CollateClause':
      return strongName(n.arg)
    case 'GroupingFunc':
      return 'grouping'
    case 'SubLink':
      return n.subLinkType === 'EXISTS_SUBLINK' ? 'exists' : n.subLinkType === 'ARRAY_SUBLINK' ? 'array' : firstTarget(n)
    case 'CaseExpr':
      return strongName(n.defresult)
    case 'A_ArrayExpr':
      return 'array'
    case 'RowExpr':
      return 'row'
    case 'CoalesceExpr':
      return 'coalesce'
    case 'MinMaxExpr':
      return n.op === 'IS_LEAST' ? 'least' : 'greatest'
    case 'SQLValueFunction':
      return VALUES[n.op as string]
    case 'XmlSerialize':
      return 'xmlserialize'
    case 'JsonObjectConstructor':
      return 'json_object'
    case 'JsonArrayConstructor':
      return 'json_array'
    case 'JsonObjectAgg':
      return 'json_objectagg'
    case 'JsonArrayAgg':
      return 'json_arrayagg'
    default:
      return undefined
  }
}

function weakName(node: PgNode | undefined): string | undefined {
  const [tag, n] = untag(node)
  if (tag === 'TypeCast') return weakName(n.arg) ?? lastName(n.typeName?.names)
  if (tag === 'CaseExpr') return weakName(n.defresult) ?? 'case'
  return tag === 'CollateClause' || tag === 'A_Indirection' ? weakName(n.arg) : undefined
}

function lastName(path: readonly PgNode[] | undefined): string | undefined {
  return (path ?? []).findLast((p) => p.String)?.String.sval
}

function firstTarget(sublink: PgNode): string | undefined {
  if (sublink.subLinkType !== 'EXPR_SUBLINK') return undefined
  const target = sublink.subselect?.SelectStmt?.targetList?.[0]?.ResTarget as PgNode | undefined
  return target && ((target.name as string | undefined) ?? strongName(target.val))
}

const VALUES: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'current_date',
  SVFOP_CURRENT_TIME: 'current_time',
  SVFOP_CURRENT_TIME_N: 'current_time',
  SVFOP_CURRENT_TIMESTAMP: 'current_timestamp',
  SVFOP_CURRENT_TIMESTAMP_N: 'current_timestamp',
  SVFOP_LOCALTIME: 'localtime',
  SVFOP_LOCALTIME_N: 'localtime',
  SVFOP_LOCALTIMESTAMP: 'localtimestamp',
  SVFOP_LOCALTIMESTAMP_N: 'localtimestamp',
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
}
