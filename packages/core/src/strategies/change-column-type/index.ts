import type { Column } from '../../catalog/catalog.ts'
import { catalogInCommand } from '../../facts/in-command.ts'
import { sessionZone } from '../../facts/session-zone.ts'
import { typeChange } from '../../facts/type-change.ts'
import { type HazardKind, hazard } from '../../hazard.ts'
import type { Migration } from '../../migration.ts'
import type { Hazard, Refusal } from '../../plan.ts'
import { isOfRebuiltEnum } from '../../rebuilt-enum.ts'
import { actionOf, columnIn, displayColumn, isNewTable, type TableAction } from '../../relation.ts'
import type { Statement } from '../../statement.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { swapColumn } from './swap.ts'
import { fixOf, whatHangs } from './words.ts'

const REWRITES: HazardKind = {
  code: 'change-column-type-rewrites-table',
  harm: 'rewrite',
  lock: 'ACCESS EXCLUSIVE',
  why: 'the change copies the whole table and builds every index anew under ACCESS EXCLUSIVE: all reads and writes wait, several seconds for each million rows.',
  instead: 'A second column of the new type is filled in batches and kept in step; then the two swap their names in one short transaction.',
}

const CHECKS: HazardKind = {
  code: 'change-column-type-checks-dependents',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'the change itself is cheap, but a CHECK, a foreign key or an index on the column makes PostgreSQL scan, build an index anew or lock a second table, under ACCESS EXCLUSIVE.',
  instead: 'Not rewritten yet: drop what hangs on the column first, change the type, and build it again online.',
  refused: true,
}

const FAILS: HazardKind = {
  code: 'change-column-type-fails',
  harm: 'data',
  why: 'PostgreSQL refuses the change, and the migration stops there.',
  instead:
    'Change what stands in its way in the same migration: the default, the view, the trigger, the policy; or say with USING how old values become new ones.',
  refused: true,
}

/** ALTER COLUMN … TYPE: catalog-only changes pass; integers are widened by a parallel column and a swap; the rest is refused in words. */
export const strategy: Strategy = {
  id: 'change-column-type',
  summary: 'Changes a column’s type without rewriting the table under a lock.',
  hazards: [REWRITES, CHECKS, FAILS],
  rewrite(statement, migration) {
    const action = actionOf(statement, 'AT_AlterColumnType')
    if (!action || isNewTable(migration, action.table, statement.index) || isOfRebuiltEnum(statement, migration)) return undefined
    const catalog = catalogInCommand(statement, migration)
    const old = columnIn(catalog, action.table, action.name)
    const next = columnIn(migration.at[statement.index + 1] ?? migration.after, action.table, action.name)
    const on = displayColumn(action.table, action.name)
    const change =
      next &&
      typeChange(catalog, {
        table: action.table,
        column: action.name,
        to: next.type,
        ...(next.collation !== undefined && { collation: next.collation }),
        ...(action.def.raw_default && { using: action.def.raw_default }),
        timeZone: sessionZone(statement, migration),
        postgres: migration.postgres,
      })
    if (!old || !next || !change) {
      const fix = 'Add the migrations that made it, then plan again.'
      return refuse(statement, [hazard(REWRITES, on, statement)], `${on} is not known from the history.`, fix)
    }
    switch (change.effect) {
      case 'rewrite':
        return copied(statement, action, old, next, migration)
      case 'refused':
        return refuse(
          statement,
          [hazard(FAILS, on, statement)],
          `PostgreSQL refuses this (${change.refused?.code}): ${change.refused?.reason}.`,
          fixOf(change.refused?.code),
        )
      default: {
        const hangs = whatHangs(change)
        if (hangs === undefined) return undefined
        const fix = 'Drop it in a migration before this one, and add it again online in one after it.'
        return refuse(
          statement,
          [hazard(CHECKS, on, statement)],
          `Something hangs on ${on} that makes this cheap change dear: ${hangs}.`,
          fix,
        )
      }
    }
  },
}

function copied(statement: Statement, action: TableAction, old: Column, next: Column, migration: Migration): Outcome {
  const on = displayColumn(action.table, action.name)
  const hazards = [hazard(REWRITES, on, statement)]
  const fix = `Add a column of the new type under a new name, move the code over, and drop ${on} in a later migration.`
  if (!isIntegerWidening(old.type, next.type) || !columnIn(migration.before, action.table, action.name))
    return refuse(statement, hazards, `Changing ${on} from ${old.type} to ${next.type} is not rewritten yet.`, fix)
  const swapped = swapColumn(action, old, next, migration)
  if ('reason' in swapped) return refuse(statement, hazards, `${on} can't be changed online yet: ${swapped.reason}.`, fix)
  return { claims: [statement.index], hazards, ...swapped }
}

function refuse(statement: Statement, hazards: readonly Hazard[], reason: string, fix: string): Refusal {
  return { claims: [statement.index], hazards, line: statement.line, reason, fix }
}

const INTEGERS = ['smallint', 'integer', 'bigint']

/** Integers that a bigger integer holds in full. The wire shows both as digits. */
function isIntegerWidening(from: string, to: string): boolean {
  return INTEGERS.includes(from) && INTEGERS.indexOf(from) < INTEGERS.indexOf(to)
}
