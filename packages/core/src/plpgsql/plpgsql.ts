import type { TableName } from '../catalog/catalog.ts'
import { remembered } from '../remembered.ts'
import { type PgNode, parsePlPgSql, untag } from '../sql/parser.ts'
import { readScript } from '../sql/read.ts'
import type { Statement } from '../sql/statement.ts'
import { executedSql } from './execute.ts'
import { turnsOf } from './loop.ts'
import { placeInBody, within } from './place.ts'
import type { Value, Values } from './values.ts'
import { assignedIn, assignedValue, initialValues, leavesLoop, type Variables, variablesOf } from './variables.ts'

/** What a PL/pgSQL body does, as far as it can be seen. Expressions and variables are left out: they change no schema by themselves. */
export type BodyItem =
  | { readonly kind: 'statement'; readonly statement: Statement }
  /** Something that is decided when it runs, in words. */
  | { readonly kind: 'opaque'; readonly reason: string }
  /** It changes a table in a way that is decided when it runs. */
  | { readonly kind: 'doubt'; readonly table: TableName }
  | { readonly kind: 'block'; readonly block: Block }
  /** Branches in order; the last one has no condition where there is an ELSE. */
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  /** Runs any number of times, or none. */
  | { readonly kind: 'maybe'; readonly items: readonly BodyItem[] }
  /** RAISE EXCEPTION or RETURN: what follows may not run. */
  | { readonly kind: 'leave'; readonly raises: boolean }

/** A branch of an IF. */
export interface Branch {
  readonly condition: string | undefined
  /** What variables that the condition may name hold. */
  readonly values: Values
  readonly items: readonly BodyItem[]
}

/** BEGIN … EXCEPTION … END. Where a handler takes an error, all that the block did is undone. */
export interface Block {
  readonly items: readonly BodyItem[]
  readonly handlers: readonly { readonly conditions: readonly string[]; readonly items: readonly BodyItem[] }[]
}

/** Why a body can't be read, in words, and its text where it is PL/pgSQL at least. */
export interface Opaque {
  readonly opaque: string
  readonly text?: string
}

/** Reads the body of a DO or CREATE FUNCTION statement. */
export const readBody = remembered((statement: Statement): Block | Opaque => {
  const [, fields] = untag(statement.node)
  const option = (name: string): PgNode | undefined =>
    ((fields.args ?? fields.options ?? []) as PgNode[]).find((o) => o.DefElem?.defname === name)?.DefElem.arg
  const language = (option('language')?.String?.sval as string | undefined)?.toLowerCase() ?? (statement.node.DoStmt ? 'plpgsql' : 'sql')
  if (language === 'sql') {
    const body = option('as')?.List?.items?.[0]?.String?.sval as string | undefined
    return body === undefined ? { items: [], handlers: [] } : { items: statementsIn(body, statement), handlers: [] }
  }
  if (language !== 'plpgsql') return { opaque: `the language ${language} can't be read` }
  const tree = parsePlPgSql(statement.sql)
  const whole = tree?.plpgsql_funcs?.[0]?.PLpgSQL_function as PgNode | undefined
  const action = whole?.action?.PLpgSQL_stmt_block as PgNode | undefined
  if (action) return readBlock(action, startOf(whole as PgNode, statement))
  const as = option('as')
  const text = (as?.String?.sval ?? as?.List?.items?.[0]?.String?.sval) as string | undefined
  return { opaque: 'its body is not PL/pgSQL that can be read', ...(text !== undefined && { text }) }
})

/** What a body holds. */
export interface Seen {
  readonly statements: Statement[]
  /** What can't be seen, in words. */
  readonly opaque: string[]
  /** Tables that it changes in a way that is decided when it runs. */
  readonly doubts: TableName[]
}

/** All statements of a body, in their order, whatever they depend on, and what can't be seen. */
export function bodyStatements(statement: Statement): Seen {
  const body = readBody(statement)
  const found: Seen = { statements: [], opaque: [], doubts: [] }
  if ('opaque' in body) found.opaque.push(body.opaque)
  else flatten([{ kind: 'block', block: body }], found)
  return found
}

/** The same for items of a body. */
export function bodyItems(items: readonly BodyItem[]): Seen {
  const found: Seen = { statements: [], opaque: [], doubts: [] }
  flatten(items, found)
  return found
}

function flatten(items: readonly BodyItem[], found: Seen): void {
  for (const item of items) {
    if (item.kind === 'statement') found.statements.push(item.statement)
    else if (item.kind === 'opaque') found.opaque.push(item.reason)
    else if (item.kind === 'doubt') found.doubts.push(item.table)
    else if (item.kind === 'if') for (const branch of item.branches) flatten(branch.items, found)
    else if (item.kind === 'maybe') flatten(item.items, found)
    else if (item.kind === 'block') {
      flatten(item.block.items, found)
      for (const handler of item.block.handlers) flatten(handler.items, found)
    }
  }
}

/**
 * The statements that a DO block may run, as if they stood in the file; undefined where the statement is no DO block or not all of it can be
 * seen. Each has the index of the block, and the line and column where it stands in the file; its span counts in its own text.
 */
export function doBody(statement: Statement): readonly Statement[] | undefined {
  if (!statement.node.DoStmt) return undefined
  const { statements, opaque } = bodyStatements(statement)
  return opaque.length > 0 ? undefined : statements
}

/** `line`: 1-based, in the body. */
function statementsIn(sql: string, outer: Statement, line = 1): BodyItem[] {
  const script = readScript(sql)
  if (script.unreadable) return [{ kind: 'opaque', reason: `a statement in it can't be read: ${script.unreadable.message}` }]
  const start = placeInBody(outer, sql, line)
  return script.statements.map((s) => ({ kind: 'statement', statement: { ...s, index: outer.index, ...within(start, s) } }))
}

/** How far a body has been read. */
interface Reading {
  readonly outer: Statement
  readonly variables: Variables
  /** What variables hold here. */
  readonly values: Map<string, Value>
}

function startOf(body: PgNode, outer: Statement): Reading {
  const variables = variablesOf(body)
  return { outer, variables, values: new Map(initialValues(body, variables)) }
}

/** A reading that goes on from here and comes back without what it has changed. */
function aside(at: Reading, more: Values = new Map()): Reading {
  return { ...at, values: new Map([...at.values, ...more]) }
}

/** What may have been assigned is not known any more. */
function forget(at: Reading, part: unknown): void {
  const assigned = assignedIn(part, at.variables)
  for (const key of [...at.values.keys()]) if (assigned.has(key.split('.')[0] ?? '')) at.values.delete(key)
}

function readBlock(block: PgNode, at: Reading): Block {
  const caught = (block.exceptions?.PLpgSQL_exception_block?.exc_list ?? []) as PgNode[]
  const items = readItems(block.body, at)
  if (caught.length > 0) forget(at, block)
  const handlers = caught.map(({ PLpgSQL_exception: e }) => ({
    conditions: ((e?.conditions ?? []) as PgNode[]).map((c) => String(c.PLpgSQL_condition?.condname).toLowerCase()),
    items: readItems(e?.action, aside(at)),
  }))
  return { items, handlers }
}

function readItems(nodes: readonly PgNode[] | undefined, at: Reading): BodyItem[] {
  return (nodes ?? []).flatMap((node) => {
    const items = readItem(node, at)
    const [tag, s] = untag(node)
    const value = tag === 'PLpgSQL_stmt_assign' ? assignedValue(s, at.variables, at.values) : undefined
    if (tag !== 'PLpgSQL_stmt_block') forget(at, node)
    if (value) at.values.set(...value)
    return items
  })
}

/** The turns of a loop, one after the other, where it is known what they are. */
function readLoop(node: PgNode, at: Reading): BodyItem {
  const [, s] = untag(node)
  const turns = leavesLoop(s.body) ? undefined : turnsOf(node, at.variables, at.values)
  forget(at, node)
  if (!turns) return { kind: 'maybe', items: readItems(s.body, aside(at)) }
  return { kind: 'block', block: { items: turns.flatMap((turn) => readItems(s.body, aside(at, turn))), handlers: [] } }
}

/** PL/pgSQL statements that run no SQL of their own that could change a schema. */
const HARMLESS: ReadonlySet<string> = new Set(
  'assign getdiag assert open fetch close return_next return_query exit commit rollback'.split(' ').map((name) => `PLpgSQL_stmt_${name}`),
)

function readItem(node: PgNode, at: Reading): BodyItem[] {
  const { outer } = at
  const [tag, s] = untag(node)
  if (HARMLESS.has(tag)) return []
  switch (tag) {
    case 'PLpgSQL_stmt_block':
      return [{ kind: 'block', block: readBlock(s, at) }]
    case 'PLpgSQL_stmt_execsql':
      return statementsIn(queryOf(s.sqlstmt), outer, s.lineno)
    case 'PLpgSQL_stmt_call':
    case 'PLpgSQL_stmt_perform':
      return statementsIn(queryOf(s.expr), outer, s.lineno)
    case 'PLpgSQL_stmt_dynexecute': {
      const sql = executedSql(queryOf(s.query), at.values)
      if (sql === 'without effect') return []
      if (sql === undefined) return [{ kind: 'opaque', reason: 'it runs SQL that is put together when it runs (EXECUTE)' }]
      if ('changes' in sql) return [{ kind: 'doubt', table: sql.changes }]
      return statementsIn(sql.text, outer, s.lineno)
    }
    case 'PLpgSQL_stmt_if':
      return [readIf(s, at)]
    case 'PLpgSQL_stmt_case': {
      const whens = ((s.case_when_list ?? []) as PgNode[]).flatMap((w) => readItems(w.PLpgSQL_case_when?.stmts, aside(at)))
      return [{ kind: 'maybe', items: [...whens, ...readItems(s.else_stmts, aside(at))] }]
    }
    case 'PLpgSQL_stmt_loop':
    case 'PLpgSQL_stmt_while':
    case 'PLpgSQL_stmt_fori':
    case 'PLpgSQL_stmt_fors':
    case 'PLpgSQL_stmt_forc':
    case 'PLpgSQL_stmt_foreach_a':
    case 'PLpgSQL_stmt_dynfors':
      return [readLoop(node, at)]
    case 'PLpgSQL_stmt_raise':
      // 21 is ERROR; a bare RAISE in a handler hands the error on.
      return s.elog_level === 21 ? [{ kind: 'leave', raises: true }] : []
    case 'PLpgSQL_stmt_return':
      return [{ kind: 'leave', raises: false }]
    default:
      return [{ kind: 'opaque', reason: `it holds ${tag.replace('PLpgSQL_stmt_', '')}, which is not followed` }]
  }
}

function readIf(s: PgNode, at: Reading): BodyItem {
  const values = new Map(at.values)
  const branch = (condition: PgNode | undefined, body: readonly PgNode[] | undefined): Branch => ({
    condition: condition && queryOf(condition),
    values,
    items: readItems(body, aside(at)),
  })
  const elsifs = ((s.elsif_list ?? []) as PgNode[]).map((e) => e.PLpgSQL_if_elsif as PgNode)
  return {
    kind: 'if',
    branches: [branch(s.cond, s.then_body), ...elsifs.map((e) => branch(e.cond, e.stmts)), branch(undefined, s.else_body)],
  }
}

function queryOf(expression: PgNode | undefined): string {
  return (expression?.PLpgSQL_expr?.query as string | undefined) ?? ''
}
