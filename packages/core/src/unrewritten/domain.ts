import type { TableName } from '../catalog/catalog.ts'
import type { Migration } from '../migration.ts'
import type { PgNode } from '../sql/parser.ts'
import { displayTable, isNewTable, strings } from '../sql/relation.ts'
import { objectName, quoteName } from '../sql/sql.ts'
import type { Statement } from '../sql/statement.ts'
import { bareType, userType } from '../sql/type-name.ts'
import { catalogAt, type Finding } from './finding.ts'
import { KINDS } from './kinds.ts'

/** ALTER DOMAIN reads every table with a column of it where the values that are there are to be proved. */
export function alteredDomain(s: PgNode, statement: Statement, migration: Migration): Finding[] {
  const path = strings(s.typeName)
  const tables = tablesWith(userType(path), statement, migration)
  if (tables.length === 0 || !proves(s)) return []
  const name = path.map(quoteName).join('.')
  const on = path.at(-1) ?? ''
  const which = tables.map(displayTable).join(', ')
  if (s.subtype === 'V') {
    const fix = `Run it when little is written to ${which}; or put the rule on the tables as CHECK … NOT VALID and validate that, which lets writes go on.`
    return [{ kind: KINDS.domainConstraint, on, fix }]
  }
  if (s.subtype === 'O') {
    const fix = `Make the columns of ${which} NOT NULL on the tables instead, each by a validated CHECK; a domain's own NOT NULL has no online form.`
    return [{ kind: KINDS.domainConstraint, on, fix }]
  }
  const constraint = quoteName(s.def?.Constraint?.conname ?? objectName(on, 'check'))
  const fix = `Run ${statement.sql} NOT VALID, which looks at new values only; then ALTER DOMAIN ${name} VALIDATE CONSTRAINT ${constraint} when little is written to ${which}: writes wait for it. To let them go on, put the rule on the tables as CHECK … NOT VALID instead and validate that.`
  return [{ kind: KINDS.domainConstraint, on, fix }]
}

function proves(s: PgNode): boolean {
  switch (s.subtype) {
    case 'C':
      return s.def?.Constraint?.skip_validation !== true
    case 'V':
    case 'O':
      return true
    default:
      return false
  }
}

/** Tables that are in use with a column of the domain, or of one that rests on it. */
function tablesWith(domain: string, statement: Statement, migration: Migration): TableName[] {
  const catalog = catalogAt(statement, migration)
  const types = new Set([domain])
  for (let size = 0; size < types.size; ) {
    size = types.size
    for (const [name, { base }] of catalog.domains) if (types.has(bareType(base))) types.add(name)
  }
  return [...catalog.tables].flatMap(([key, table]) =>
    table.columns.some((c) => types.has(bareType(c.type))) && !isNewTable(migration, key, statement.index) ? [key] : [],
  )
}
