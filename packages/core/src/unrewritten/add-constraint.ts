import type { Table } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import { displayColumn, displayTable, strings, type TableAction } from '../sql/relation.ts'
import { objectName, quoteName } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import { SCANS } from '../strategies/set-not-null/index.ts'
import { isProved } from '../strategies/set-not-null/proved.ts'
import { catalogAfter, catalogAt, type Finding, nullable, sqlList } from './finding.ts'
import { KINDS } from './kinds.ts'

/** What ADD CONSTRAINT does to the rows that are there; foreign keys that are to be validated are a strategy's. */
export function addedConstraint(action: TableAction, statement: Statement, migration: Migration): Finding[] {
  const c = action.def
  const table = catalogAt(statement, migration).tables.get(action.table)
  const after = catalogAfter(statement, migration).tables.get(action.table)
  const name = (c.conname as string | undefined) ?? after?.constraints.find((n) => !table?.constraints.some((o) => o.name === n.name))?.name
  const on = name ?? displayTable(action.table)
  const alter = `ALTER TABLE ${action.sql}`
  switch (c.contype) {
    case 'CONSTR_CHECK': {
      if (c.skip_validation || c.is_enforced === false) return []
      const fix = `Run ${statement.sql} NOT VALID; and ${alter} VALIDATE CONSTRAINT ${quoteName(on)} in a migration of its own, while reads and writes go on.`
      return [{ kind: KINDS.addCheck, on, fix }]
    }
    case 'CONSTR_UNIQUE':
    case 'CONSTR_PRIMARY':
      return c.indexname ? fromIndex(action, statement, table, migration) : builds(action, table, on)
    case 'CONSTR_EXCLUSION':
      return [{ kind: KINDS.addExclude, on, fix: KINDS.addExclude.instead }]
    case 'CONSTR_FOREIGN':
      return c.skip_validation && table?.kind === 'partitioned' && migration.postgres < 18
        ? [{ kind: KINDS.keyOnPartitioned, on, fix: KINDS.keyOnPartitioned.instead }]
        : []
    case 'CONSTR_NOTNULL':
      return notNull(action, statement, table, migration)
    default:
      return [{ kind: KINDS.notUnderstood, on, fix: KINDS.notUnderstood.instead }]
  }
}

function builds(action: TableAction, table: Table | undefined, on: string): Finding[] {
  const isPrimary = action.def.contype === 'CONSTR_PRIMARY'
  const keys = strings(action.def.keys)
  const index = quoteName(action.name || objectName(action.range.relname as string, ...(isPrimary ? ['pkey'] : [...keys, 'key'])))
  const word = isPrimary ? 'PRIMARY KEY' : 'UNIQUE'
  const may = isPrimary ? nullable(table, keys) : []
  const first = may.length > 0 ? `Make ${sqlList(may)} NOT NULL by a validated CHECK. ` : ''
  const distinct = action.def.nulls_not_distinct ? ' NULLS NOT DISTINCT' : ''
  const fix = `${first}Run CREATE UNIQUE INDEX CONCURRENTLY ${index} ON ${action.sql} (${sqlList(keys)})${distinct} in a migration of its own; see that it is valid; then ALTER TABLE ${action.sql} ADD CONSTRAINT ${index} ${word} USING INDEX ${index}.`
  return [{ kind: KINDS.addUnique, on, fix }]
}

function fromIndex(action: TableAction, statement: Statement, table: Table | undefined, migration: Migration): Finding[] {
  const index = table?.indexes.find((i) => i.name === action.def.indexname)
  const on = index?.name ?? displayTable(action.table)
  if (!index) return []
  const isPlain =
    index.unique &&
    index.where === undefined &&
    index.method === 'btree' &&
    index.keys.every((k) => k.column !== undefined && k.options === '')
  if (!isPlain) return [{ kind: KINDS.usingIndexFails, on, fix: KINDS.usingIndexFails.instead }]
  if (action.def.contype !== 'CONSTR_PRIMARY') return []
  const columns = index.keys.flatMap((k) => k.column ?? [])
  const open = nullable(table, columns).filter((column) => !isProved(action.table, column, statement, migration))
  return open.length > 0 ? [{ kind: KINDS.primaryNullable, on, fix: makeNotNull(action, open) }] : []
}

function makeNotNull(action: TableAction, columns: readonly string[]): string {
  const steps = columns.map((column) => {
    const check = quoteName(objectName(action.range.relname as string, column, 'not_null'))
    return `ALTER TABLE ${action.sql} ADD CONSTRAINT ${check} CHECK (${quoteName(column)} IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT ${check} in a migration of its own; then ALTER COLUMN ${quoteName(column)} SET NOT NULL`
  })
  return `Run ${steps.join('; ')}; then add the primary key.`
}

/** PostgreSQL 18's ADD CONSTRAINT … NOT NULL column. */
function notNull(action: TableAction, statement: Statement, table: Table | undefined, migration: Migration): Finding[] {
  const [name = ''] = strings(action.def.keys)
  const isThere = table?.columns.find((c) => c.name === name)?.notNull
  if (action.def.skip_validation || isThere || isProved(action.table, name, statement, migration)) return []
  const constraint = action.name === '' ? 'it' : quoteName(action.name)
  const fix = `Run ${statement.sql} NOT VALID; and ALTER TABLE ${action.sql} VALIDATE CONSTRAINT ${constraint} in a migration of its own.`
  return [{ kind: SCANS, on: displayColumn(action.table, name), fix }]
}
