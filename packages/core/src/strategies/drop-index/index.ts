import type { Index, Table } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import { isReplacement } from '../../index-replacement.ts'
import type { Migration } from '../../migration.ts'
import { indexSql } from '../../sql/index-sql.ts'
import { type PgNode, untag } from '../../sql/parser.ts'
import { DEFAULT_SCHEMA, isNewTable, rangeKey, strings } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { ddl } from '../../steps/steps.ts'
import type { Strategy } from '../../strategy.ts'
import { actionsOn } from '../../target.ts'

const BLOCKS: HazardKind = {
  code: 'drop-index-blocks-queries',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'DROP INDEX needs ACCESS EXCLUSIVE on the table: it waits for every running query, and every new query waits behind it.',
  instead: 'The index is dropped with DROP INDEX CONCURRENTLY, alone, after any index that replaces it has been built.',
}

const UNIQUE: HazardKind = {
  code: 'drop-unique-index-breaks-upserts',
  harm: 'compatibility',
  why: 'code that is still running may name these columns in INSERT … ON CONFLICT, which fails at once without a unique index on them.',
  instead: 'The unique index is dropped in the contract, when no such code runs any more.',
}

const OWNED: HazardKind = {
  code: 'constraint-owns-index',
  harm: 'data',
  why: 'the index belongs to a constraint: PostgreSQL refuses to drop it (2BP01), and the migration stops there.',
  instead: 'Drop the constraint instead: the index goes with it.',
  refused: true,
}

/** DROP INDEX: concurrently, one at a time, after its replacement; a unique one in the contract. */
export const strategy: Strategy = {
  id: 'drop-index',
  summary: 'Drops an index without blocking queries.',
  hazards: [BLOCKS, UNIQUE, OWNED],
  rewrite(statement, migration) {
    const [tag, drop] = untag(statement.node)
    if (tag !== 'DropStmt' || drop.removeType !== 'OBJECT_INDEX' || drop.concurrent || isReplacement(statement, migration)) return undefined
    const found = (drop.objects as PgNode[]).map((o) => locate(strings(o.List?.items), statement, migration))
    if (found.every((f) => f === undefined)) return missing(statement, drop)
    const known = found.filter((f): f is Located => f !== undefined)
    if (known.every((f) => isNewTable(migration, f.key, statement.index) || goesWithColumn(f, migration))) return undefined
    const owned = known.find((f) => f.index.constraint !== undefined)
    if (owned) return refuseOwned(owned, statement)
    const unique = known.some((f) => f.index.unique)
    const steps = (drop.objects as PgNode[]).map((o, i) => dropStep(strings(o.List?.items), drop.missing_ok === true, found[i]))
    const names = known.map((f) => f.index.name).join(', ')
    const last = Math.max(statement.index, ...known.map((f) => lastIndexBuild(f.key, migration)))
    return {
      claims: [statement.index],
      hazards: [hazard(BLOCKS, names, statement), ...(unique ? [hazard(UNIQUE, names, statement)] : [])],
      expand: unique ? [] : steps,
      contract: unique ? steps : [],
      after: last,
    }
  },
}

function refuseOwned({ key, index }: Located, statement: Statement) {
  const constraint = index.constraint ?? index.name
  return {
    claims: [statement.index],
    hazards: [hazard(OWNED, index.name, statement)],
    line: statement.line,
    reason: `${index.name} belongs to the constraint ${constraint}: it can't be dropped alone (2BP01).`,
    fix: `Write ALTER TABLE ${key} DROP CONSTRAINT ${quoteName(constraint)} instead.`,
  }
}

interface Located {
  readonly key: string
  readonly table: Table
  readonly index: Index
}

function locate(path: readonly string[], statement: Statement, migration: Migration): Located | undefined {
  const catalog = migration.at[statement.index] ?? migration.before
  const [name, schema] = [path.at(-1), path.at(-2)]
  for (const [key, table] of catalog.tables) {
    const index = table.indexes.find((i) => i.name === name)
    if (index && (schema === undefined || schema === table.schema)) return { key, table, index }
  }
  return undefined
}

/** An index that the history does not know: with IF EXISTS nothing is likely to happen; without, it can't be judged. */
function missing(statement: Statement, drop: PgNode) {
  const names = (drop.objects as PgNode[]).map((o) => strings(o.List?.items).join('.')).join(', ')
  if (drop.missing_ok) return undefined
  return {
    claims: [statement.index],
    hazards: [hazard(BLOCKS, names, statement)],
    line: statement.line,
    reason: `The history never created the index ${names}, so its table is not known here.`,
    fix: `Write DROP INDEX CONCURRENTLY alone into a migration of its own, or add the migration that created ${names} to the history.`,
  }
}

function goesWithColumn({ key, index }: Located, migration: Migration): boolean {
  const dropped = actionsOn(migration, 'AT_DropColumn', key).map(({ action }) => action.name)
  return index.keys.some((k) => k.column !== undefined && dropped.includes(k.column))
}

function lastIndexBuild(key: string, migration: Migration): number {
  const builds = migration.script.statements.filter((s) => untag(s.node)[0] === 'IndexStmt' && rangeKey(untag(s.node)[1].relation) === key)
  return builds.at(-1)?.index ?? -1
}

function dropStep(path: readonly string[], ifExists: boolean, found: Located | undefined) {
  const name = path.map(quoteName).join('.')
  const on = found && (path.length > 1 || found.table.schema !== DEFAULT_SCHEMA ? found.key : quoteName(found.table.name))
  const again = found && on && indexSql(found.index, on, { concurrently: true })
  return ddl({
    name: 'drop index',
    title: `Drop ${path.at(-1)} concurrently`,
    why: 'CONCURRENTLY waits for the queries that use the index instead of making others wait.',
    sql: [`DROP INDEX CONCURRENTLY ${ifExists ? 'IF EXISTS ' : ''}${name}`],
    undo: again ? { sql: [again], alone: true } : { irreversible: 'The index is not known from the history: build it by hand.' },
  })
}
