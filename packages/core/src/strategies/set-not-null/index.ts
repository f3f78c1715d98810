import { incompleteness } from '../../catalog/catalog.ts'
import { parseExpression } from '../../expression.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { PgNode } from '../../parser.ts'
import { actionOf, columnIn, displayColumn, displayTable, isNewTable, type TableAction } from '../../relation.ts'
import { quoteName } from '../../sql.ts'
import { fillTrigger } from '../../steps/fill.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, check, ddl } from '../../steps/steps.ts'
import type { Target } from '../../steps/trigger.ts'
import type { Strategy } from '../../strategy.ts'
import { intentFor, targetOf, walkingKey } from '../../target.ts'
import { writtenFill } from '../../written-fill.ts'

const SCANS: HazardKind = {
  code: 'set-not-null-scans-table',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'SET NOT NULL reads the whole table under ACCESS EXCLUSIVE: every query waits, about half a second for each million rows; it fails if one row is NULL.',
  instead:
    'A CHECK (column IS NOT NULL) NOT VALID is added and validated without blocking; SET NOT NULL then scans nothing, and the check goes.',
}

const REFUSES: HazardKind = {
  code: 'set-not-null-breaks-old-writers',
  harm: 'compatibility',
  why: 'code that is still running may write NULL: its writes fail as soon as NULL is refused.',
  instead:
    'With a fill, a trigger gives old writers a value at once; without one, the whole change waits for the contract, when no such code runs.',
}

/** SET NOT NULL: by a validated check; at once with a fill, in the contract without. */
export const strategy: Strategy = {
  id: 'set-not-null',
  summary: 'Makes a column required without a scan under a lock.',
  hazards: [SCANS, REFUSES],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_SetNotNull')
    if (!action || isNewTable(migration, action.table)) return undefined
    const catalog = migration.at[statement.index] ?? migration.before
    const column = columnIn(catalog, action.table, action.name)
    if (column?.notNull || isProved(action, migration, statement.index)) return undefined
    const target = targetOf(statement.node.AlterTableStmt.relation, action.sql)
    const on = displayColumn(action.table, action.name)
    const shared = { claims: [statement.index], hazards: [hazard(SCANS, on, statement), hazard(REFUSES, on, statement)] }
    const fill = intentFor(migration, 'fill', action.table, action.name)?.with ?? writtenFill(migration, action.table, action.name)
    if (fill !== undefined) return { ...shared, ...withFill(target, action, fill, migration) }
    return { ...shared, expand: [], contract: inContract(target, action) }
  },
}

/** A validated CHECK (column IS NOT NULL), alone or among ANDed terms that name the column: PostgreSQL then scans nothing. */
function isProved(action: TableAction, migration: Migration, at: number): boolean {
  const catalog = migration.at[at] ?? migration.before
  if (incompleteness(catalog, action.table)) return false
  const proofs = (catalog.tables.get(action.table)?.constraints ?? []).filter(
    (c) => c.kind === 'check' && c.validated && c.expression !== undefined,
  )
  return proofs.some((c) => proves(parseExpression(c.expression ?? ''), action.name))
}

/** `column IS NOT NULL`, alone or as one side of AND. */
function proves(node: PgNode, column: string): boolean {
  if (node.BoolExpr?.boolop === 'AND_EXPR') return (node.BoolExpr.args as PgNode[]).some((arg) => proves(arg, column))
  const test = node.NullTest
  return test?.nulltesttype === 'IS_NOT_NULL' && test.arg?.ColumnRef?.fields?.at(-1)?.String?.sval === column
}

function withFill(target: Target, action: TableAction, fill: string, migration: Migration) {
  const column = quoteName(action.name)
  const stood = columnIn(migration.before, action.table, action.name) !== undefined
  const nn = notNull(target, action.name)
  const trigger = fillTrigger(target, action.name, fill)
  const table = displayTable(action.table)
  return {
    expand: [
      ddl({
        name: `fill ${action.name}`,
        title: `Fill ${action.name} for code that leaves it NULL`,
        why: 'Trigger and check come in one transaction: from then on no write leaves NULL behind, and none is refused.',
        sql: [...trigger.create, nn.add],
        undo: [nn.dropCheck, ...trigger.drop],
      }),
      backfill({
        name: 'backfill',
        title: `Fill ${table}.${action.name} of old rows`,
        table: target.sql,
        key: walkingKey(migration.before.tables.get(action.table)),
        set: [{ column: action.name, expression: fill }],
        where: `${column} IS NULL`,
        undo: { irreversible: 'The filled values stay: which rows were NULL is not recorded.' },
      }),
      validateStep(target, `that ${action.name} is never NULL`, [nn.validate]),
      setNotNullStep(target, action.name),
    ],
    contract: [
      ddl({
        name: 'stop filling',
        title: `Stop filling ${action.name}`,
        why: 'No code that leaves it NULL runs any more.',
        sql: trigger.drop,
        undo: trigger.create,
      }),
    ],
    expects: [{ table: target.sql, column: action.name, from: stood ? `coalesce(${column}, ${fill})` : fill }],
  }
}

function inContract(target: Target, action: TableAction) {
  const nn = notNull(target, action.name)
  return [
    check({
      name: 'look for null',
      title: `Look for NULL in ${action.name}`,
      sql: `SELECT 1 FROM ${target.sql} WHERE ${quoteName(action.name)} IS NULL LIMIT 1`,
      message: `${displayColumn(action.table, action.name)} still holds NULL, so it can't become NOT NULL. Fill those rows, or plan again with --fill "${displayColumn(action.table, action.name)}=<expression>".`,
    }),
    ddl({
      name: 'refuse null',
      title: `Refuse NULL in ${action.name} from now on`,
      why: 'NOT VALID looks at new rows only: the lock is held for a moment, nothing is scanned.',
      sql: [nn.add],
      undo: [nn.dropCheck],
    }),
    validateStep(target, `that ${action.name} is never NULL`, [nn.validate]),
    setNotNullStep(target, action.name),
  ]
}
