import { type CantCarry, carryOver } from '../../carry/carry-over.ts'
import { moveInbound } from '../../carry/inbound.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep, Expectation } from '../../plan/plan.ts'
import { handOver } from '../../retype/numbers.ts'
import type { Retyped } from '../../retype/retyped.ts'
import { objectName, quoteName } from '../../sql/sql.ts'
import { otherImage, sameImage } from '../../steps/dual-write.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import { rowTrigger } from '../../steps/trigger.ts'
import { typeSql, walkingKey } from '../../target.ts'

interface Swapped {
  readonly expand: readonly DraftStep[]
  readonly contract: readonly DraftStep[]
  readonly expects: readonly Expectation[]
}

/**
 * A parallel column of the new type, filled and kept in step, that changes names with the old one. Both codes use the same name all the time. Until the contract the
 * old column follows the new one, so the swap can be undone; a value that does not fit the old type is refused until then, for old code could not read it. Foreign
 * keys that point at the column are moved before, one by one.
 */
export function swapColumn({ table, target, name, old, next }: Retyped, migration: Migration, tag?: string): Swapped | CantCarry {
  const other = objectName('ec', name, 'other')
  const [a, b] = [quoteName(name), quoteName(other)]
  const type = typeSql(next.type)
  const oldType = typeSql(old.type)
  const carried = carryOver(migration.after, table, target, name, other, { keys: true, ...(tag !== undefined && { tag }) })
  if ('reason' in carried) return carried
  const inbound = moveInbound(migration.after, table, name, other)
  if ('reason' in inbound) return inbound
  const numbers = handOver(migration.before, { table, target, name, other })
  if ('reason' in numbers) return numbers

  const alter = `ALTER TABLE ${target.sql}`
  const nn = notNull(target, other)
  const isRequired = old.notNull && next.notNull
  // An assignment refuses what a written cast would cut off.
  const follow = (purpose: string, when: string) =>
    rowTrigger({ target, purpose, column: name, events: 'INSERT OR UPDATE', when, body: `  NEW.${b} := NEW.${a};` })
  const forward = follow('forward', otherImage(`NEW.${b}`, `NEW.${a}::${type}`))
  // An old value that the new type has rounded stays as it was until the new one is written.
  const backward = follow(
    'backward',
    `${otherImage(`NEW.${b}::${type}`, `NEW.${a}`)} AND ${otherImage(`NEW.${b}`, `NEW.${a}::${oldType}`)}`,
  )
  const followed = `${sameImage(`${b}::${type}`, a)} OR ${sameImage(b, `${a}::${oldType}`)}`
  const check = quoteName(objectName('ec', target.name, name, 'in_sync'))
  const names = (x: string, y: string): string => `${alter} RENAME COLUMN ${x} TO ${y}`
  const away = quoteName(objectName('ec', name, 'away'))
  const exchange = [names(a, away), names(b, a), names(away, b)]
  const setDefault = (column: string, value: string | undefined) =>
    value === undefined ? [] : [`${alter} ALTER COLUMN ${column} SET DEFAULT ${value}`]
  const dropDefault = (column: string, value: string | undefined) =>
    value === undefined ? [] : [`${alter} ALTER COLUMN ${column} DROP DEFAULT`]
  const collate = next.collation === undefined ? '' : ` COLLATE ${next.collation}`
  return {
    expand: [
      ddl({
        name: `parallel ${name}`,
        title: `Add a ${next.type} column that follows ${name}`,
        why: 'Column, trigger and checks come in one transaction: no write meets the one without the other. Nothing is scanned or rewritten.',
        sql: [
          `${alter} ADD COLUMN ${b} ${type}${collate}`,
          ...forward.create,
          `${alter} ADD CONSTRAINT ${check} CHECK (${sameImage(b, `${a}::${type}`)}) NOT VALID`,
          ...(isRequired ? [nn.add] : []),
        ],
        undo: [...forward.drop, `${alter} DROP COLUMN ${b}`],
      }),
      backfill({
        name: 'backfill',
        title: `Copy ${name} in old rows`,
        table: target.sql,
        key: walkingKey(migration.before.tables.get(table)),
        set: [{ column: other, expression: `${a}::${type}` }],
        where: otherImage(b, `${a}::${type}`),
      }),
      validateStep(target, `the copy of ${name} in every row`, [
        `${alter} VALIDATE CONSTRAINT ${check}`,
        ...(isRequired ? [nn.validate] : []),
      ]),
      ...(isRequired ? [setNotNullStep(target, other)] : []),
      ...carried.build,
      ...inbound.move,
      ...numbers.before,
      ddl({
        name: 'swap columns',
        title: `Swap the two columns`,
        why: 'Names in the catalog change hands, and the trigger turns round, in one transaction. Prepared statements that read the column must be prepared anew.',
        sql: [
          ...forward.drop,
          `${alter} DROP CONSTRAINT ${check}`,
          ...exchange,
          ...dropDefault(b, old.default),
          ...setDefault(a, next.default),
          ...numbers.take,
          ...backward.create,
          `${alter} ADD CONSTRAINT ${check} CHECK (${followed}) NOT VALID`,
          ...carried.objects.flatMap((o) => [o.giveUp, o.take]),
        ],
        undo: {
          sql: [
            ...inbound.letGo,
            ...[...carried.objects].reverse().flatMap((o) => [o.takeBack, o.giveBack]),
            `${alter} DROP CONSTRAINT ${check}`,
            ...backward.drop,
            ...numbers.giveBack,
            ...dropDefault(a, next.default),
            ...setDefault(b, old.default),
            ...exchange,
            `${alter} ADD CONSTRAINT ${check} CHECK (${sameImage(b, `${a}::${type}`)}) NOT VALID`,
            ...forward.create,
            ...inbound.holdAgain,
          ],
          ...(inbound.proveAgain.length > 0 && { after: inbound.proveAgain }),
        },
        invalidatesPlans: true,
      }),
      ...carried.objects.flatMap(({ foreign, away }) => {
        if (!foreign) return []
        const step = ddl({
          name: 'drop foreign key',
          title: `Drop the foreign key of the old ${name}`,
          why: `${name} has the same key, and the old column follows it. Both tables are locked for a moment, in a transaction of its own.`,
          sql: [`${alter} DROP CONSTRAINT ${quoteName(away)}`],
          undo: { sql: foreign.again, ...(foreign.prove.length > 0 && { after: foreign.prove }) },
        })
        return [step]
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
