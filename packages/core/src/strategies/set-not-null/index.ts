import { catalogInCommand } from '../../facts/in-command.ts'
import { readForNotNull, refusesNull } from '../../facts/not-null-proof.ts'
import { suggestUniqueFill } from '../../fill-suggestion.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import { actionOf, columnIn, displayColumn, isNewTable, type TableAction } from '../../sql/relation.ts'
import { quoteName } from '../../sql/sql.ts'
import { fillTrigger } from '../../steps/fill.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, check, ddl } from '../../steps/steps.ts'
import type { Target } from '../../steps/trigger.ts'
import type { Strategy } from '../../strategy.ts'
import { intentFor, targetOf, walkingKey } from '../../target.ts'
import { isSameForAll, isUniqueAlone, ownValues } from '../../unique-fill.ts'
import { writtenFill } from '../../written-fill.ts'

export const SCANS: HazardKind = {
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
    if (!action || isNewTable(migration, action.table, statement.index)) return undefined
    const catalog = catalogInCommand(statement, migration)
    const column = columnIn(catalog, action.table, action.name)
    if (column && readForNotNull(catalog, action.table, action.name).length === 0) return undefined
    const target = targetOf(statement.node.AlterTableStmt.relation, action.sql)
    const on = displayColumn(action.table, action.name)
    // Where a CHECK refuses NULL already no code writes it.
    const breaks = refusesNull(migration.before, action.table, action.name) ? [] : [hazard(REFUSES, on, statement)]
    const shared = { claims: [statement.index], hazards: [hazard(SCANS, on, statement), ...breaks] }
    const fill = intentFor(migration, 'fill', action.table, action.name)?.with ?? writtenFill(migration, action.table, action.name)
    if (fill !== undefined && isUniqueAlone(migration, action.table, action.name) && isSameForAll(fill, migration))
      return { ...shared, line: statement.line, ...ownValues(on, fill, suggestUniqueFill(column?.type ?? '')) }
    const standing = column?.notNullConstraint
    if (standing && !standing.validated)
      return {
        claims: shared.claims,
        hazards: [hazard(SCANS, on, statement)],
        ...validated(target, action, standing.name, fill, migration),
      }
    if (fill !== undefined) return { ...shared, ...withFill(target, action, fill, migration) }
    return { ...shared, expand: [], contract: inContract(target, action) }
  },
}

function withFill(target: Target, action: TableAction, fill: string, migration: Migration) {
  const nn = notNull(target, action.name)
  const trigger = fillTrigger(target, action.name, fill)
  return {
    expand: [
      ddl({
        name: `fill ${action.name}`,
        title: `Fill ${action.name} for code that leaves it NULL`,
        why: 'Trigger and check come in one transaction: from then on no write leaves NULL behind, and none is refused.',
        sql: [...trigger.create, nn.add],
        undo: [nn.dropCheck, ...trigger.drop],
      }),
      fillOldRows(target, action, fill, migration),
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
    expects: filled(target, action, fill, columnIn(migration.before, action.table, action.name) !== undefined),
  }
}

/** A NOT NULL that is NOT VALID (PostgreSQL 18) already refuses NULL in new rows: its validation is all that SET NOT NULL would do, without the lock. */
function validated(target: Target, action: TableAction, constraint: string, fill: string | undefined, migration: Migration) {
  const validate = `ALTER TABLE ${target.sql} VALIDATE CONSTRAINT ${quoteName(constraint)}`
  return {
    expand: [
      fill === undefined ? lookForNull(target, action) : fillOldRows(target, action, fill, migration),
      validateStep(target, `that ${action.name} is never NULL`, [validate]),
    ],
    contract: [],
    ...(fill !== undefined && { expects: filled(target, action, fill, true) }),
  }
}

function fillOldRows(target: Target, action: TableAction, fill: string, migration: Migration) {
  return backfill({
    name: 'backfill',
    title: `Fill ${displayColumn(action.table, action.name)} of old rows`,
    table: target.sql,
    key: walkingKey(migration.before.tables.get(action.table)),
    set: [{ column: action.name, expression: fill }],
    where: `${quoteName(action.name)} IS NULL`,
    undo: { irreversible: 'The filled values stay: which rows were NULL is not recorded.' },
  })
}

/** `stood`: the column was there before the migration, so some rows have a value of their own. */
function filled(target: Target, action: TableAction, fill: string, stood: boolean) {
  return [{ table: target.sql, column: action.name, from: stood ? `coalesce(${quoteName(action.name)}, ${fill})` : fill }]
}

function lookForNull(target: Target, action: TableAction) {
  const on = displayColumn(action.table, action.name)
  return check({
    name: 'look for null',
    title: `Look for NULL in ${action.name}`,
    sql: `SELECT 1 FROM ${target.sql} WHERE ${quoteName(action.name)} IS NULL LIMIT 1`,
    message: `${on} still holds NULL, so it can't become NOT NULL. Fill those rows, or plan again with --fill "${on}=<expression>".`,
  })
}

function inContract(target: Target, action: TableAction) {
  const nn = notNull(target, action.name)
  return [
    lookForNull(target, action),
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
