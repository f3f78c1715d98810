import type { Catalog } from '../catalog/catalog.ts'
import { type Block, type BodyItem, type Branch, bodyItems, readBody } from '../plpgsql/plpgsql.ts'
import type { Statement } from '../sql/statement.ts'
import type { Change } from './change.ts'
import { namesChange } from './changes-schema.ts'
import { isTaken } from './condition.ts'
import { dependsOnData, errorOf } from './conflict.ts'
import { mark, markEverything, markTree } from './edit.ts'
import { DOUBT, mayChange } from './may-change.ts'

/** How the statements inside are applied: replay itself. */
export type Apply = (catalog: Catalog, statement: Statement, migration: string) => Catalog

interface Run {
  readonly change: Change
  readonly apply: Apply
}

/** Where a body stands: `failed` is an error on its way to a handler; `ended`: what follows does not run; `left`: it may not. */
interface Position {
  readonly catalog: Catalog
  readonly failed?: 'exists' | 'missing'
  readonly ended?: boolean
  readonly left?: boolean
}

/** A DO block: what is sure to run is applied; what may run or not makes its tables incomplete; what can't be seen makes all of them so. */
export function doBlock(catalog: Catalog, change: Change, apply: Apply): Catalog {
  const body = readBody(change.statement)
  if ('opaque' in body && body.text !== undefined && !namesChange(catalog, body.text)) return catalog
  if ('opaque' in body) return markEverything(catalog, change, `a DO block can't be seen through: ${body.opaque}`)
  return runBlock({ change, apply }, catalog, body, []).catalog
}

// What a handler names for an object that is there already, or is not there.
const EXISTS = 'others duplicate_object duplicate_table duplicate_column duplicate_schema duplicate_function 42710 42p07 42701'.split(' ')
const MISSING = 'others undefined_object undefined_table undefined_column undefined_function 42704 42p01 42703'.split(' ')
const EXISTENCE = new Set([...EXISTS, ...MISSING].filter((name) => name !== 'others'))

type Handler = Block['handlers'][number]

function takes(handler: Handler, error: 'exists' | 'missing'): boolean {
  return handler.conditions.some((name) => (error === 'exists' ? EXISTS : MISSING).includes(name))
}

function runBlock(run: Run, before: Catalog, block: Block, outer: readonly Handler[]): Position {
  // A handler that raises again was never reached: the history has passed this block.
  const handlers = block.handlers.filter((h) => !h.items.some((item) => item.kind === 'leave' && item.raises))
  const end = runItems(run, before, block.items, [...handlers, ...outer])
  const error = end.failed
  const handler = error && handlers.find((h) => takes(h, error))
  // The block's own changes are undone before its handler runs.
  return handler ? runItems(run, before, handler.items, outer) : end
}

function runItems(run: Run, before: Catalog, items: readonly BodyItem[], handlers: readonly Handler[]): Position {
  let at: Position = { catalog: before }
  for (const [i, item] of items.entries()) {
    if (at.left) return { ...at, catalog: mayChange(at.catalog, bodyItems(items.slice(i)), run.change, run.apply) }
    if (item.kind === 'leave') return { ...at, ended: true }
    at = runItem(run, at.catalog, item, handlers)
    if (at.failed || at.ended) return at
  }
  return at
}

function runItem(run: Run, catalog: Catalog, item: BodyItem, handlers: readonly Handler[]): Position {
  switch (item.kind) {
    case 'statement':
      return runStatement(run, catalog, item.statement, handlers)
    case 'opaque':
      return { catalog: markEverything(catalog, run.change, `a DO block can't be seen through: ${item.reason}`) }
    case 'doubt':
      return { catalog: markTree(catalog, item.table, run.change, DOUBT) }
    case 'block':
      return runBlock(run, catalog, item.block, handlers)
    case 'maybe':
      return { catalog: mayChange(catalog, bodyItems(item.items), run.change, run.apply), left: leaves(item.items) }
    case 'if':
      return runIf(run, catalog, item.branches, handlers)
    default:
      return { catalog }
  }
}

function runStatement(run: Run, catalog: Catalog, statement: Statement, handlers: readonly Handler[]): Position {
  const error = handlers.length > 0 ? errorOf(catalog, statement).error : undefined
  if (error && handlers.some((h) => takes(h, error))) return { catalog, failed: error }
  const after = run.apply(catalog, statement, run.change.migration)
  const swallows = handlers.some((h) => h.conditions.some((name) => !EXISTENCE.has(name)))
  if (!swallows || !dependsOnData(statement)) return { catalog: after }
  const doubtful = mayChange(catalog, { statements: [statement], opaque: [], doubts: [] }, run.change, run.apply)
  let marked = after
  for (const [key, why] of doubtful.incomplete) {
    if (!catalog.incomplete.has(key)) marked = mark(marked, key, run.change, `${why.reason}, and its error may have been taken`)
  }
  return { catalog: marked }
}

function runIf(run: Run, catalog: Catalog, branches: readonly Branch[], handlers: readonly Handler[]): Position {
  for (const [i, branch] of branches.entries()) {
    const { items } = branch
    // A branch that raises was not taken: the history has passed this block.
    if (items.some((item) => item.kind === 'leave' && item.raises)) continue
    const taken = isTaken(catalog, branch)
    if (taken === true) return runItems(run, catalog, items, handlers)
    if (taken === false) continue
    const rest = branches.slice(i).flatMap((b) => b.items)
    return { catalog: mayChange(catalog, bodyItems(rest), run.change, run.apply), left: leaves(rest) }
  }
  return { catalog }
}

/** True where a RETURN inside may leave the block. */
function leaves(items: readonly BodyItem[]): boolean {
  return items.some((item) => {
    if (item.kind === 'leave') return !item.raises
    if (item.kind === 'if') return item.branches.some((branch) => leaves(branch.items))
    if (item.kind === 'maybe') return leaves(item.items)
    return item.kind === 'block' && leaves(item.block.items)
  })
}
