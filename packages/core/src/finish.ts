import type { Catalog, TableName } from './catalog/catalog.ts'
import { lockStrength, locksOf, strongest, type TableLock } from './lock.ts'
import type { Ddl, DraftDdl, DraftStep, Step } from './plan/plan.ts'
import { applyScript } from './replay/replay.ts'
import { parseStatement, untag } from './sql/parser.ts'
import { readScript } from './sql/read.ts'

/** lock_timeout of brief DDL, in ms: a waiting ALTER TABLE lets nobody past it, so it gives up soon and is tried again. */
const LOCK_TIMEOUT = 2_000
/**
 * All waits of a step that holds one lock while it waits for the next, in ms: less than PostgreSQL's deadlock_timeout (1 s), after which a statement that waits for such a
 * step would look for a deadlock and could be the one that is cancelled. The step gives up before, and is tried again.
 */
const WAITS_TOGETHER = 900
/** statement_timeout of brief DDL, in ms: catalog changes take milliseconds; more means that something was misjudged. */
const STATEMENT_TIMEOUT = 10_000

/**
 * Numbers drafted steps and derives from their SQL what a strategy need not say: transaction mode, timeouts, and the locks on each table as the
 * schema stands when the step runs. Returns the schema after the last step too. Throws where a step's SQL is not SQL: that is a bug of a strategy.
 */
export function finishSteps(drafts: readonly DraftStep[], before: Catalog, from = 1): { steps: Step[]; after: Catalog } {
  let catalog = before
  const steps = drafts.map((draft, i): Step => {
    const id = `${String(i + from).padStart(2, '0')}-${slug(draft.name)}`
    const { name: _, ...rest } = draft
    if (rest.kind !== 'ddl') return { ...rest, id }
    const step = finishDdl(rest, id, catalog)
    catalog = applyScript(catalog, readScript(`${rest.sql.join(';\n')};`), id).after
    return step
  })
  return { steps, after: catalog }
}

function finishDdl(draft: Omit<DraftDdl, 'name'>, id: string, before: Catalog): Ddl {
  let catalog = before
  const locks = draft.sql.flatMap((sql) => {
    const taken = locksOf(sql, catalog)
    catalog = applyScript(catalog, readScript(sql), id).after
    return taken
  })
  const alone = draft.sql.some((sql) => isConcurrent(sql))
  if (alone && draft.sql.length > 1) throw new Error(`step ${id}: CONCURRENTLY must stand alone`)
  const unbounded = alone || draft.allowed || draft.sql.some((sql) => growsWithTable(sql))
  return {
    ...draft,
    id,
    transaction: alone ? 'alone' : 'atomic',
    locks: strongest(locks.filter(({ table }) => before.tables.has(table))),
    lockTimeout: alone ? 0 : lockTimeout(locks.filter(({ table }) => before.tables.has(table))),
    statementTimeout: unbounded ? 0 : STATEMENT_TIMEOUT,
  }
}

function lockTimeout(taken: readonly TableLock[]): number {
  const waits = waitsOf(taken)
  return waits > 1 ? Math.floor(WAITS_TOGETHER / waits) : LOCK_TIMEOUT
}

/** How often a step may have to wait for an application: once for each lock that reads or writes conflict with, and again where it is strengthened. */
function waitsOf(taken: readonly TableLock[]): number {
  const held = new Map<TableName, number>()
  const waits = taken.filter(({ table, mode }) => {
    const [before, now] = [held.get(table) ?? 0, lockStrength(mode)]
    held.set(table, Math.max(before, now))
    return now >= lockStrength('SHARE') && now > before
  })
  return waits.length
}

/** True for CREATE, DROP and REINDEX … CONCURRENTLY and DETACH … CONCURRENTLY: 25001 inside a transaction block. */
export function isConcurrent(sql: string): boolean {
  const [tag, s] = untag(parseStatement(sql))
  if (tag === 'IndexStmt' || tag === 'DropStmt') return s.concurrent === true
  if (tag === 'AlterTableStmt') return s.cmds?.[0]?.AlterTableCmd?.def?.PartitionCmd?.concurrent === true
  const params = (s.params ?? []) as { DefElem?: { defname?: string } }[]
  return tag === 'ReindexStmt' && params.some((p) => p.DefElem?.defname === 'concurrently')
}

/** VALIDATE CONSTRAINT, and copies of a query's rows. */
function growsWithTable(sql: string): boolean {
  const [tag, s] = untag(parseStatement(sql))
  if (tag === 'InsertStmt') return s.selectStmt !== undefined && !s.selectStmt.SelectStmt?.valuesLists
  return tag === 'CreateTableAsStmt' || (tag === 'AlterTableStmt' && s.cmds?.[0]?.AlterTableCmd?.subtype === 'AT_ValidateConstraint')
}

/** `add fullName` -> `add-full-name`, at most 40 characters: safe in file names everywhere. */
function slug(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  let out = ''
  for (const word of words) {
    if (out.length + word.length + 1 > 40) break
    out += out ? `-${word}` : word
  }
  return out || 'step'
}
