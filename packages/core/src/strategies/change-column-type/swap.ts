import { type CantCarry, carryOver } from '../../carry-over.ts'
import type { Column } from '../../catalog/catalog.ts'
import { parseExpression } from '../../expression.ts'
import { volatility } from '../../facts/volatility.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep, Expectation } from '../../plan.ts'
import type { TableAction } from '../../relation.ts'
import { objectName, quoteName } from '../../sql.ts'
import { otherImage, sameImage } from '../../steps/dual-write.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import { rowTrigger } from '../../steps/trigger.ts'
import { targetOf, typeSql, walkingKey } from '../../target.ts'

interface Swapped {
  readonly expand: readonly DraftStep[]
  readonly contract: readonly DraftStep[]
  readonly expects: readonly Expectation[]
}

/**
 * A parallel column of the new type, filled and kept in step, that changes names with the old one. Both codes use the same name all the time. Until the contract the
 * old column follows the new one, so the swap can be undone; a value that does not fit the old type is refused until then, for old code could not read it.
 */
export function swapColumn(action: TableAction, old: Column, next: Column, migration: Migration): Swapped | CantCarry {
  const obstacle = cannotSwap(old, migration)
  if (obstacle) return { reason: obstacle }
  const target = targetOf(action.range, action.sql)
  const name = old.name
  const other = objectName('ec', name, 'other')
  const [a, b] = [quoteName(name), quoteName(other)]
  const type = typeSql(next.type)
  const carried = carryOver(migration.before, action.table, target, name, other)
  if ('reason' in carried) return carried
  if (carried.objects.some((o) => o.foreign)) return { reason: `a foreign key hangs on "${name}"` }

  const alter = `ALTER TABLE ${target.sql}`
  const nn = notNull(target, other)
  const follow = (purpose: string, when: string) =>
    rowTrigger({ target, purpose, column: name, events: 'INSERT OR UPDATE', when, body: `  NEW.${b} := NEW.${a};` })
  const forward = follow('forward', otherImage(`NEW.${b}`, `NEW.${a}::${type}`))
  const backward = follow('backward', otherImage(`NEW.${b}::${type}`, `NEW.${a}`))
  const check = quoteName(objectName('ec', target.name, name, 'in_sync'))
  const names = (x: string, y: string): string => `${alter} RENAME COLUMN ${x} TO ${y}`
  const away = quoteName(objectName('ec', name, 'away'))
  const exchange = [names(a, away), names(b, a), names(away, b)]
  // The old column keeps its own: code that leaves it out may still run when the swap is undone.
  const setDefault = old.default === undefined ? [] : [`${alter} ALTER COLUMN ${a} SET DEFAULT ${old.default}`]
  const dropDefault = old.default === undefined ? [] : [`${alter} ALTER COLUMN ${a} DROP DEFAULT`]
  return {
    expand: [
      ddl({
        name: 'add parallel column',
        title: `Add a ${next.type} column that follows ${name}`,
        why: 'Column, trigger and checks come in one transaction: no write meets the one without the other. Nothing is scanned or rewritten.',
        sql: [
          `${alter} ADD COLUMN ${b} ${type}`,
          ...forward.create,
          `${alter} ADD CONSTRAINT ${check} CHECK (${sameImage(b, `${a}::${type}`)}) NOT VALID`,
          ...(old.notNull ? [nn.add] : []),
        ],
        undo: [...forward.drop, `${alter} DROP COLUMN ${b}`],
      }),
      backfill({
        name: 'backfill',
        title: `Copy ${name} in old rows`,
        table: target.sql,
        key: walkingKey(migration.before.tables.get(action.table)),
        set: [{ column: other, expression: `${a}::${type}` }],
        where: otherImage(b, `${a}::${type}`),
      }),
      validateStep(target, `the copy of ${name} in every row`, [
        `${alter} VALIDATE CONSTRAINT ${check}`,
        ...(old.notNull ? [nn.validate] : []),
      ]),
      ...(old.notNull ? [setNotNullStep(target, other)] : []),
      ...carried.build,
      ddl({
        name: 'swap columns',
        title: `Swap the two columns`,
        why: 'Names in the catalog change hands, and the trigger turns round, in one transaction. Prepared statements that read the column must be prepared anew.',
        sql: [...forward.drop, ...exchange, ...setDefault, ...backward.create, ...carried.objects.flatMap((o) => [o.giveUp, o.take])],
        undo: [
          ...[...carried.objects].reverse().flatMap((o) => [o.takeBack, o.giveBack]),
          ...backward.drop,
          ...dropDefault,
          ...exchange,
          ...forward.create,
        ],
        invalidatesPlans: true,
      }),
    ],
    contract: [
      ddl({
        name: 'drop old column',
        title: `Drop the ${old.type} column behind ${name}`,
        why: 'No code that needs the old type runs any more. Trigger and column go in one transaction; only the catalog changes.',
        sql: [...backward.drop, `${alter} DROP CONSTRAINT ${check}`, `${alter} DROP COLUMN ${b}`],
        undo: { irreversible: `The old column is gone; every value lives on in ${name}.` },
      }),
    ],
    expects: [{ table: target.sql, column: name, from: `${a}::${type}` }],
  }
}

function cannotSwap(old: Column, migration: Migration): string | undefined {
  if (old.identity) return 'it is an identity column'
  if (old.generated) return 'it is a generated column'
  if (old.default !== undefined && volatility(parseExpression(old.default), migration.before, migration.postgres) === 'volatile')
    return `its default ${old.default} comes from a sequence or is volatile`
  return undefined
}
