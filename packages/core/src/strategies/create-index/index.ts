import { schemaPrefix } from '../../carry/indexes.ts'
import type { Table } from '../../catalog/catalog.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import { droppedBefore } from '../../index-replacement.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep } from '../../plan/plan.ts'
import { tableOfIndex } from '../../replay/names.ts'
import { indexSql } from '../../sql/index-sql.ts'
import { type PgNode, untag } from '../../sql/parser.ts'
import { displayTable, isNewTable, rangeKey, rangeSql, splitKey } from '../../sql/relation.ts'
import { objectName, quoteName, quoteText, sliceBytes } from '../../sql/sql.ts'
import type { Statement } from '../../sql/statement.ts'
import { tokensOf } from '../../sql/tokens.ts'
import { noDuplicates } from '../../steps/duplicates.ts'
import { check, ddl } from '../../steps/steps.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { targetOf } from '../../target.ts'

const BLOCKS: HazardKind = {
  code: 'create-index-blocks-writes',
  harm: 'lock',
  lock: 'SHARE',
  why: 'CREATE INDEX holds SHARE while it reads and sorts the whole table: every INSERT, UPDATE and DELETE waits, about a second for each million rows.',
  instead:
    'The index is built with CREATE INDEX CONCURRENTLY, alone and outside a transaction; a unique one only after a look for duplicates.',
}

/** CREATE [UNIQUE] INDEX on a table that has rows: concurrently, alone. */
export const strategy: Strategy = {
  id: 'create-index',
  summary: 'Builds an index without blocking writes.',
  hazards: [BLOCKS],
  rewrite(statement, migration) {
    const [tag, index] = untag(statement.node)
    if (tag !== 'IndexStmt' || index.concurrent) return undefined
    const key = rangeKey(index.relation)
    if (isNewTable(migration, key, statement.index)) return undefined
    const found = hazard(BLOCKS, (index.idxname as string | undefined) ?? displayTable(key), statement)
    const table = migration.before.tables.get(key)
    if (index.if_not_exists && isThere(index, statement, migration)) return undefined
    // ON ONLY: no rows of its own, and the partitions are left alone.
    if (table?.kind === 'partitioned' && index.relation.inh === undefined) return undefined
    if (table?.kind === 'partitioned') return refusePartitioned(statement, found)
    const replaced = droppedBefore(statement, migration)
    return replaced ? replace(statement, index, replaced, table, found) : build(statement, index, found)
  },
}

/** IF NOT EXISTS of a name that is taken does nothing. */
function isThere(index: PgNode, statement: Statement, migration: Migration): boolean {
  const { tables } = migration.at[statement.index] ?? migration.before
  const [schema] = splitKey(rangeKey(index.relation))
  return tableOfIndex(tables, schema, index.idxname as string) !== undefined
}

function refusePartitioned(statement: Statement, found: ReturnType<typeof hazard>): Outcome {
  return {
    claims: [statement.index],
    hazards: [found],
    line: statement.line,
    reason: `${found.on} is an index on a partitioned table: PostgreSQL 14 to 18 can't build one concurrently on the parent.`,
    fix: 'Create it ON ONLY the parent, build one index concurrently on each partition, and attach them (ALTER INDEX … ATTACH PARTITION).',
  }
}

function build(statement: Statement, index: PgNode, found: ReturnType<typeof hazard>): Outcome {
  const on = rangeSql(index.relation)
  const sql = withConcurrently(statement.sql)
  const name = index.idxname as string | undefined
  const target = targetOf(index.relation, on)
  const step = ddl({
    name: 'build index',
    title: `Build ${name ?? `an index on ${index.relation.relname}`} concurrently`,
    why: 'CONCURRENTLY holds SHARE UPDATE EXCLUSIVE: reads and writes go on. No timeouts: a cancelled build leaves an invalid index behind.',
    sql: [sql],
    undo: name
      ? { sql: [`DROP INDEX CONCURRENTLY IF EXISTS ${schemaPrefix(target)}${quoteName(name)}`], alone: true }
      : { irreversible: 'PostgreSQL chose the name of the index: drop it by hand.' },
  })
  return {
    claims: [statement.index],
    hazards: [found],
    expand: [...lookFirst(index, on), step, ...(index.if_not_exists && name ? [isValid(name)] : [])],
    contract: [],
  }
}

/** The statement with CONCURRENTLY behind INDEX: everything else stays as the ORM wrote it. */
function withConcurrently(sql: string): string {
  const token = tokensOf(sql).find((t) => t.text.toUpperCase() === 'INDEX')
  if (!token) throw new Error(`no INDEX in: ${sql}`)
  return `${sliceBytes(sql, 0, token.end)} CONCURRENTLY${sliceBytes(sql, token.end)}`
}

/** A look for duplicates before a long build that they would fail. For expression keys and partial indexes the build itself is the judge. */
function lookFirst(index: PgNode, on: string): DraftStep[] {
  if (!index.unique || index.whereClause) return []
  const keys = (index.indexParams as PgNode[]).map((p) => p.IndexElem.name as string | undefined)
  if (keys.includes(undefined)) return []
  return [noDuplicates(index.relation.relname, on, keys as string[], index.nulls_not_distinct === true)]
}

function isValid(name: string) {
  return check({
    name: 'see that it is valid',
    title: `See that ${name} is valid`,
    sql: `SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE c.relname = ${quoteText(name)} AND NOT i.indisvalid`,
    message: `The index ${name} exists but is invalid: an earlier build was cancelled, and IF NOT EXISTS took it for done. Run DROP INDEX CONCURRENTLY ${quoteName(name)}, then deploy again.`,
  })
}

function replace(
  statement: Statement,
  index: PgNode,
  drop: Statement,
  table: Table | undefined,
  found: ReturnType<typeof hazard>,
): Outcome {
  const name = index.idxname as string
  const copy = objectName('ec', name, 'new')
  const away = objectName('ec', name, 'old')
  const target = targetOf(index.relation, rangeSql(index.relation))
  const at = (n: string): string => `${schemaPrefix(target)}${quoteName(n)}`
  const tokens = tokensOf(statement.sql)
  const named = tokens[tokens.findIndex((t) => t.text.toUpperCase() === 'ON') - 1]
  if (!named) throw new Error(`no name in: ${statement.sql}`)
  const renamed = `${sliceBytes(statement.sql, 0, named.start)}${quoteName(copy)}${sliceBytes(statement.sql, named.end)}`
  const old = table?.indexes.find((i) => i.name === name)
  const oldSql = old && indexSql(old, target.sql, { name: away, concurrently: true })
  return {
    claims: [drop.index, statement.index],
    hazards: [found],
    expand: [
      ...lookFirst(index, target.sql),
      ddl({
        name: 'build index',
        title: `Build the new ${name} concurrently beside the old one`,
        why: 'CONCURRENTLY lets reads and writes go on, and the old index serves queries until the new one is ready.',
        sql: [withConcurrently(renamed)],
        undo: { sql: [`DROP INDEX CONCURRENTLY IF EXISTS ${at(copy)}`], alone: true },
      }),
      ddl({
        name: 'swap names',
        title: `Let the new ${name} take the name`,
        why: 'Two changes of names in the catalog, in one transaction.',
        sql: [`ALTER INDEX ${at(name)} RENAME TO ${quoteName(away)}`, `ALTER INDEX ${at(copy)} RENAME TO ${quoteName(name)}`],
        undo: [`ALTER INDEX ${at(name)} RENAME TO ${quoteName(copy)}`, `ALTER INDEX ${at(away)} RENAME TO ${quoteName(name)}`],
      }),
      ddl({
        name: 'drop old index',
        title: `Drop the old ${name} concurrently`,
        why: 'CONCURRENTLY waits for the queries that use the old index instead of making them wait.',
        sql: [`DROP INDEX CONCURRENTLY ${at(away)}`],
        undo: oldSql ? { sql: [oldSql], alone: true } : { irreversible: 'The old index is not known from the history: build it by hand.' },
      }),
    ],
    contract: [],
  }
}
