import { type Column, type PgNode, parseExpression, SqlSyntaxError, untag } from '@expand-contract/core'
import type { FieldType } from './field-type.ts'

/** What `@default(…)` of a column holds as schema.prisma says it, or undefined where it has none. `valueName` is an enum value's name there. */
export function fieldDefault(column: Column, type: FieldType, valueName: (label: string) => string | undefined): string | undefined {
  if (column.identity) return 'autoincrement()'
  if (column.default === undefined) return undefined
  const generated = `dbgenerated(${JSON.stringify(column.default)})`
  const tree = treeOf(column.default)
  const elements = type.list ? elementsOf(tree) : undefined
  if (elements) {
    const values = elements.map((element) => literal(element, type, valueName))
    return values.every((v) => v !== undefined) ? `[${values.join(', ')}]` : generated
  }
  return literal(tree, type, valueName) ?? call(tree, type) ?? generated
}

function treeOf(sql: string): PgNode {
  try {
    return parseExpression(sql)
  } catch (error) {
    if (error instanceof SqlSyntaxError) return {}
    throw error
  }
}

/** `ARRAY['a']`, `ARRAY[]::text[]`, `'{}'`. */
function elementsOf(node: PgNode): readonly PgNode[] | undefined {
  const [tag, inner] = untag(uncast(node))
  if (tag === 'A_ArrayExpr') return inner.elements ?? []
  return tag === 'A_Const' && inner.sval?.sval === '{}' ? [] : undefined
}

function literal(node: PgNode, { base }: FieldType, valueName: (label: string) => string | undefined): string | undefined {
  const [tag, constant] = untag(uncast(node))
  if (tag !== 'A_Const' || constant.isnull) return undefined
  const text: string | undefined = constant.sval && (constant.sval.sval ?? '')
  // The parser leaves out what is 0 or false.
  const number: string | undefined = constant.fval ? constant.fval.fval : constant.ival ? String(constant.ival.ival ?? 0) : undefined
  switch (base) {
    case 'String':
    case 'Json':
      return text === undefined ? undefined : JSON.stringify(text)
    case 'Int':
    case 'BigInt':
    case 'Float':
    case 'Decimal':
      return number ?? (text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? text : undefined)
    case 'Boolean':
      return constant.boolval ? String(constant.boolval.boolval ?? false) : text === undefined ? undefined : truth(text)
    case 'DateTime':
    case 'Bytes':
      return undefined
    default:
      return text === undefined ? undefined : valueName(text)
  }
}

function truth(text: string): string | undefined {
  return /^t(rue)?$/.test(text) ? 'true' : /^f(alse)?$/.test(text) ? 'false' : undefined
}

function call(node: PgNode, { base }: FieldType): string | undefined {
  const [tag, inner] = untag(uncast(node))
  const name = (inner.funcname as PgNode[] | undefined)?.at(-1)?.String?.sval
  if (tag === 'FuncCall' && name === 'nextval') return 'autoincrement()'
  const isNow = (tag === 'FuncCall' && name === 'now') || (tag === 'SQLValueFunction' && inner.op === 'SVFOP_CURRENT_TIMESTAMP')
  return base === 'DateTime' && isNow ? 'now()' : undefined
}

function uncast(node: PgNode): PgNode {
  return node.TypeCast ? uncast(node.TypeCast.arg as PgNode) : node
}
