import { type CantCarry, type Carried, carryOver } from '../../carry/carry-over.ts'
import type { TableName } from '../../catalog/catalog.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep, Expectation } from '../../plan/plan.ts'
import { ownedSequences } from '../../replay/sequence.ts'
import { conversionOf } from '../../retype/conversion.ts'
import { type TypeGroup, tagOf } from '../../retype/group.ts'
import type { Retyped } from '../../retype/retyped.ts'
import { displayColumn } from '../../sql/relation.ts'
import { objectName, quoteName } from '../../sql/sql.ts'
import { otherImage, sameImage } from '../../steps/dual-write.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, check, ddl } from '../../steps/steps.ts'
import { rowTrigger } from '../../steps/trigger.ts'
import { targetOfKey, typeSql, walkingKey } from '../../target.ts'

/** One column's part: what stands beside it from expand on, what must be proved before the swap, and the swap. */
export interface Converted {
  readonly expand: readonly DraftStep[]
  /** Copies of what hangs on the column, once all parallel columns are there. */
  readonly build: readonly DraftStep[]
  readonly prove: readonly DraftStep[]
  /** Foreign keys of the old column go, and everything that kept the two in step. */
  readonly letGo: readonly string[]
  /** What hangs on the old column gives its names to the copies. */
  readonly names: readonly string[]
  readonly swap: readonly string[]
  readonly foreign: readonly string[]
  readonly expects: Expectation
  /** Names of what has been built for the new column. */
  readonly carried: readonly string[]
}

/** The name of the column that stands beside another until they swap. */
export function otherName(name: string): string {
  return objectName('ec', name, 'other')
}

/** The columns that change places in one transaction. */
export interface Together {
  readonly group: TypeGroup
  /** Names of what hangs on one of them and has been built already for all. */
  readonly carriedAlready: ReadonlySet<string>
  /** What foreign keys to one of them shall point at. */
  readonly end: (table: TableName, column: string) => string
}

/** A parallel column of the new type that follows the old one until the contract. */
export function convertColumn(retyped: Retyped, migration: Migration, { group, carriedAlready, end }: Together): Converted | CantCarry {
  const { table, target, name, old, next } = retyped
  const conversion = conversionOf(retyped, migration)
  if ('reason' in conversion) return conversion
  const other = otherName(name)
  const others = group.columns.filter((c) => c !== retyped && c.table === table).map((c) => ({ from: c.name, to: otherName(c.name) }))
  const tag = tagOf(retyped, migration)
  const isSure = conversion.fails === undefined && (old.notNull || !next.notNull)
  const options = {
    keys: true,
    oneWay: true,
    checksApart: !isSure,
    end,
    others,
    without: carriedAlready,
    ...(tag !== undefined && { tag }),
  } as const
  const carried = carryOver(migration.after, table, target, name, other, options)
  if ('reason' in carried) return carried
  const [a, b] = [quoteName(name), quoteName(other)]
  const alter = `ALTER TABLE ${target.sql}`
  const on = displayColumn(table, name)
  const { value, exact, fails } = conversion
  const nn = notNull(target, other)
  const trigger = rowTrigger({
    target,
    purpose: 'convert',
    column: name,
    events: 'INSERT OR UPDATE',
    when: otherImage(`NEW.${b}`, value('NEW.')),
    body: `  NEW.${b} := ${value('NEW.')};`,
  })
  const tripwire = quoteName(objectName('ec', target.name, name, 'in_sync'))
  const addChecks = [`${alter} ADD CONSTRAINT ${tripwire} CHECK (${sameImage(b, exact)}) NOT VALID`, ...(next.notNull ? [nn.add] : [])]
  const prove = [
    validateStep(target, `the new ${name} in every row`, [
      `${alter} VALIDATE CONSTRAINT ${tripwire}`,
      ...(next.notNull ? [nn.validate] : []),
    ]),
    ...(next.notNull ? [setNotNullStep(target, other)] : []),
  ]
  const look = (when: string) =>
    check({
      name: 'look for misfits',
      title: `Look for values of ${name} that are no ${next.type}`,
      sql: `SELECT ${a} FROM ${target.sql} WHERE ${fails}${next.notNull ? ` OR ${value('')} IS NULL` : ''} LIMIT 20`,
      message: `${on} holds values that have no place in ${next.type}${next.notNull ? ', or become NULL where the new column takes none' : ''}. ${when} Find them with: SELECT * FROM ${target.sql} WHERE ${fails}`,
    })
  const existing = new Set(namesOn(migration, table))
  const took = (o: Carried): string[] => [...(existing.has(o.name) ? [o.giveUp] : []), o.take]
  const sequences = ownedSequences(migration.after, table, name)
  return {
    expand: [
      ddl({
        name: `parallel ${name}`,
        title: `Add a ${next.type} column that follows ${name}`,
        why: 'Column and trigger come in one transaction: no write meets the one without the other. Nothing is scanned or rewritten. A value that does not convert never fails a write: it leaves the new column empty.',
        sql: [
          `${alter} ADD COLUMN ${b} ${typeSql(next.type)}${next.collation === undefined ? '' : ` COLLATE ${next.collation}`}`,
          ...conversion.create,
          ...trigger.create,
          ...(isSure ? addChecks : []),
        ],
        undo: [...trigger.drop, `${alter} DROP COLUMN ${b}`, ...conversion.drop],
      }),
      ...(fails === undefined ? [] : [look('Change those rows, or say by --convert what becomes of them, then deploy again.')]),
      backfill({
        name: 'backfill',
        title: `Convert ${name} in old rows`,
        table: target.sql,
        key: walkingKey(migration.before.tables.get(table)),
        set: [{ column: other, expression: value('') }],
        where: otherImage(b, value('')),
      }),
      ...(isSure ? prove : []),
    ],
    build: carried.build,
    prove: isSure
      ? []
      : [
          ...(fails === undefined ? [] : [look('Old code wrote them since: change those rows, then release the contract again.')]),
          ddl({
            name: `guard ${name}`,
            title: `Refuse what is no ${next.type} from now on`,
            why: 'NOT VALID looks at new rows only: the lock is held for a moment, nothing is scanned. No old code runs any more.',
            sql: addChecks,
            undo: [`${alter} DROP CONSTRAINT ${tripwire}`, ...(next.notNull ? [nn.dropCheck] : [])],
          }),
          ...prove,
          ...carried.checks,
        ],
    letGo: [...trigger.drop, ...conversion.drop, `${alter} DROP CONSTRAINT ${tripwire}`],
    foreign: carried.objects.filter((o) => o.foreign).flatMap((o) => [...(existing.has(o.name) ? [o.drop] : []), o.take]),
    names: carried.objects.filter((o) => !o.foreign).flatMap(took),
    swap: [
      ...sequences.map((s) => `ALTER SEQUENCE ${targetOfKey(s).sql} OWNED BY ${target.sql}.${b}`),
      `${alter} DROP COLUMN ${a}`,
      `${alter} RENAME COLUMN ${b} TO ${a}`,
      ...(next.default === undefined ? [] : [`${alter} ALTER COLUMN ${a} SET DEFAULT ${next.default}`]),
    ],
    expects: { table: target.sql, column: name, from: exact },
    carried: carried.objects.map((o) => o.name),
  }
}

function namesOn(migration: Migration, table: TableName): string[] {
  const found = migration.before.tables.get(table)
  return [...(found?.constraints ?? []), ...(found?.indexes ?? [])].map((o) => o.name)
}
