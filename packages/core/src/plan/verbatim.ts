import { type Settled, withAllowance } from '../allow/allowed.ts'
import { isConcurrent } from '../finish.ts'
import { lockStrength, locksOf } from '../lock.ts'
import type { Migration } from '../migration.ts'
import { untag } from '../sql/parser.ts'
import { tableAction } from '../sql/relation.ts'
import type { Statement } from '../sql/statement.ts'
import type { AllowedHazard, DraftDdl } from './plan.ts'
import { undoOf } from './verbatim-undo.ts'

/**
 * Statements without a hazard, copied as they are. They share a transaction as long as it locks one live table only: locks that pile up make a longer wait and can
 * deadlock. CONCURRENTLY and VALIDATE stand alone, and so does what people allow.
 */
export function verbatimSteps(statements: readonly Statement[], migration: Migration, allowed: Settled['copies']): DraftDdl[] {
  const groups: { statements: Statement[]; tables: Set<string>; closed: boolean }[] = []
  for (const statement of statements) {
    const tables = lockedTables(statement, migration)
    const alone = standsAlone(statement) || allowed.has(statement.index)
    const last = groups.at(-1)
    const joins =
      last && !last.closed && !alone && (tables.size === 0 || last.tables.size === 0 || [...tables].every((t) => last.tables.has(t)))
    if (joins) {
      last.statements.push(statement)
      for (const table of tables) last.tables.add(table)
    } else {
      groups.push({ statements: [statement], tables, closed: alone })
    }
  }
  return groups.map((group) => {
    const [first] = group.statements
    const own = first && allowed.get(first.index)
    return first && own ? allowedStep(first, own, migration) : copiedStep(group.statements, migration)
  })
}

function allowedStep(statement: Statement, allowed: readonly AllowedHazard[], migration: Migration): DraftDdl {
  const codes = [...new Set(allowed.map((a) => a.code))].join(', ')
  const line = allowed[0]?.allowedOn
  const why = `Allowed ${line === undefined ? '' : `in line ${line} `}(${codes}): ${[...new Set(allowed.map((a) => a.reason))].join('; ')}`
  return { ...copiedStep([statement], migration), why, sql: [withAllowance(statement, allowed)], allowed: true }
}

/** Statements that stay in one step whatever they lock: all that makes new tables. None for none. */
export function togetherStep(statements: readonly Statement[], migration: Migration): DraftDdl[] {
  return statements.length > 0 ? [copiedStep(statements, migration)] : []
}

function copiedStep(statements: readonly Statement[], migration: Migration): DraftDdl {
  return {
    kind: 'ddl',
    name: nameOf(statements),
    title: titleOf(statements),
    why: 'Nothing here scans, rewrites or breaks running code: copied as the ORM wrote it.',
    sql: statements.map((s) => s.sql),
    undo: undoOf(statements, migration),
    // Another length or scale is another type of the result, though no row is touched.
    ...(statements.some((s) => tableAction(s)?.type === 'AT_AlterColumnType') && { invalidatesPlans: true as const }),
    verbatim: true,
  }
}

function lockedTables(statement: Statement, migration: Migration): Set<string> {
  const locks = locksOf(statement.sql, migration.before)
  return new Set(locks.filter((l) => lockStrength(l.mode) >= lockStrength('SHARE UPDATE EXCLUSIVE')).map((l) => l.table))
}

function standsAlone(statement: Statement): boolean {
  // A new value of an enum can't be used in the transaction that adds it.
  return (
    isConcurrent(statement.sql) || tableAction(statement)?.type === 'AT_ValidateConstraint' || statement.node.AlterEnumStmt !== undefined
  )
}

/** `create table`, `alter table`: the first statement's own words. */
function nameOf(statements: readonly Statement[]): string {
  return statements[0]?.sql.split(/\s+/).slice(0, 2).join(' ') ?? 'copied'
}

function titleOf(statements: readonly Statement[]): string {
  const [first] = statements
  if (!first) return 'Copied statements'
  const words = first.sql.split(/\s+/).slice(0, 3).join(' ')
  return statements.length === 1 ? words : `${words} and ${statements.length - 1} more`
}

/** True for BEGIN and COMMIT: each step has a transaction of its own. */
export function isTransactionControl(statement: Statement): boolean {
  return untag(statement.node)[0] === 'TransactionStmt'
}
