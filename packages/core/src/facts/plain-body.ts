import { type PgNode, parseStatements, untag } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'

const OPTIONS_THAT_KEEP = new Set(['security', 'strict', 'set'])

/** Functions that give rows: a body that calls one stays a call. */
const ROWS =
  /^(unnest|generate_(series|subscripts)|regexp_(matches|split_to_table)|string_to_table|jsonb?_(array_elements|each|object_keys|populate_recordset|to_recordset|path_query).*)$/

/**
 * The one expression that a function in SQL gives, undefined where it is more than that: the planner puts it in the place of the call, so that what the function was
 * declared to be does not count. Only what it inlines for sure.
 */
export function plainBody(made: Statement): PgNode | undefined {
  const [tag, fields] = untag(made.node)
  if (tag !== 'CreateFunctionStmt' || fields.is_procedure || !givesOneValue(fields)) return undefined
  const options = ((fields.options ?? []) as PgNode[]).map((o) => o.DefElem as PgNode)
  if (options.some((o) => OPTIONS_THAT_KEEP.has(o.defname))) return undefined
  const language = options.find((o) => o.defname === 'language')?.arg?.String?.sval as string | undefined
  if (fields.sql_body) return withoutRows(fields.sql_body.ReturnStmt?.returnval)
  const body = options.find((o) => o.defname === 'as')?.arg?.List?.items?.[0]?.String?.sval as string | undefined
  return language?.toLowerCase() === 'sql' && body !== undefined ? withoutRows(onlyExpression(body)) : undefined
}

function givesOneValue(fields: PgNode): boolean {
  const modes = ((fields.parameters ?? []) as PgNode[]).map((p) => p.FunctionParameter.mode as string)
  const result = fields.returnType as PgNode | undefined
  const isPlain = modes.every((mode) => mode === 'FUNC_PARAM_DEFAULT' || mode === 'FUNC_PARAM_IN')
  return isPlain && result !== undefined && !result.setof && strings(result.names).at(-1) !== 'record'
}

function onlyExpression(body: string): PgNode | undefined {
  let statements: ReturnType<typeof parseStatements>
  try {
    statements = parseStatements(body)
  } catch {
    return undefined
  }
  const [tag, select] = untag(statements[0]?.stmt)
  const targets = (select.targetList ?? []) as PgNode[]
  const isBare = Object.keys(select).every((key) => ['targetList', 'limitOption', 'op'].includes(key))
  return statements.length === 1 && tag === 'SelectStmt' && isBare && targets.length === 1 ? targets[0]?.ResTarget.val : undefined
}

function withoutRows(body: PgNode | undefined): PgNode | undefined {
  return body && !callsForRows(body) ? body : undefined
}

function callsForRows(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(callsForRows)
  if (typeof node !== 'object' || node === null) return false
  const name = strings((node as PgNode).FuncCall?.funcname).at(-1)
  return (name !== undefined && ROWS.test(name)) || Object.values(node).some(callsForRows)
}
