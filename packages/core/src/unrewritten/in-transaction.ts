import type { Migration } from '../migration.ts'
import { transactionsOf } from '../plan/sending.ts'
import { type PgNode, untag } from '../sql/parser.ts'
import { displayTable, isNewTable, rangeKey, type TableAction } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import { catalogAt, type Finding, plainly } from './finding.ts'
import { KINDS } from './kinds.ts'

/** True where PostgreSQL refuses the statement for the transaction that the ORM, or the script, puts it in (25001). */
export function failsInTransaction(statement: Statement, migration: Migration): boolean {
  return standsAlone(statement.node) && (transactionsOf(migration)[statement.index]?.inBlock ?? false)
}

/** True for CREATE, DROP and REINDEX … CONCURRENTLY and DETACH … CONCURRENTLY. */
export function isConcurrently(node: PgNode): boolean {
  const [tag, s] = untag(node)
  if (tag === 'IndexStmt' || tag === 'DropStmt') return s.concurrent === true
  if (tag === 'AlterTableStmt') return s.cmds?.[0]?.AlterTableCmd?.def?.PartitionCmd?.concurrent === true
  return tag === 'ReindexStmt' && ((s.params ?? []) as PgNode[]).some((o) => o.DefElem?.defname === 'concurrently')
}

/** Other commands that run outside transactions only. */
function standsAlone(node: PgNode): boolean {
  const [tag, s] = untag(node)
  switch (tag) {
    case 'ReindexStmt':
      return ['REINDEX_OBJECT_SCHEMA', 'REINDEX_OBJECT_SYSTEM', 'REINDEX_OBJECT_DATABASE'].includes(s.kind)
    case 'VacuumStmt':
      return s.is_vacuumcmd === true
    case 'ClusterStmt':
      return !s.relation
    case 'CreatedbStmt':
    case 'DropdbStmt':
    case 'CreateTableSpaceStmt':
    case 'DropTableSpaceStmt':
    case 'AlterSystemStmt':
      return true
    default:
      return false
  }
}

/** What fails for CONCURRENTLY outside a transaction too: a partitioned table, a timeout that the script has set. */
export function concurrently(statement: Statement, migration: Migration): Finding[] {
  const index = statement.node.IndexStmt as PgNode | undefined
  if (!index) return []
  const on = (index.idxname ?? index.relation.relname) as string
  const kind = catalogAt(statement, migration).tables.get(rangeKey(index.relation))?.kind
  if (kind === 'partitioned') return [plainly(KINDS.concurrentlyOnPartitioned, on)]
  const [timeout] = timeoutsBefore(statement, migration, false)
  return timeout === undefined
    ? []
    : [{ kind: KINDS.underTimeout, on, fix: `Run SET ${timeout} = 0 before it, and set it again behind it.` }]
}

/** VALIDATE CONSTRAINT reads the table from end to end: under a timeout that the script has set it is cancelled where the table is large. */
export function validated({ table, name }: TableAction, statement: Statement, migration: Migration): Finding[] {
  const constraint = catalogAt(statement, migration)
    .tables.get(table)
    ?.constraints.find((c) => c.name === name)
  if (constraint?.validated || isNewTable(migration, table, statement.index)) return []
  return timeoutsBefore(statement, migration, true).has('statement_timeout')
    ? [
        {
          kind: KINDS.validateUnderTimeout,
          on: displayTable(table),
          fix: 'Run SET statement_timeout = 0 before it, and set it again behind it.',
        },
      ]
    : []
}

/** The timeouts that earlier statements of the script have set, with those of the transaction where they count. */
function timeoutsBefore(statement: Statement, migration: Migration, withLocal: boolean): ReadonlySet<string> {
  const set = new Set<string>()
  for (const { node } of migration.script.statements.slice(0, statement.index)) {
    const s = node.VariableSetStmt as PgNode | undefined
    if (!s || (s.is_local && !withLocal) || !['lock_timeout', 'statement_timeout'].includes(s.name)) continue
    const value = s.args?.[0]?.A_Const as PgNode | undefined
    const isOff = s.kind !== 'VAR_SET_VALUE' || value?.sval?.sval === '0' || (value?.ival && !value.ival.ival)
    if (isOff) set.delete(s.name)
    else set.add(s.name)
  }
  return set
}
