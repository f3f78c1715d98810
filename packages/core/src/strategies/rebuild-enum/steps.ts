import { carryOver } from '../../carry/carry-over.ts'
import { type Column, column } from '../../catalog/catalog.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep, Expectation } from '../../plan/plan.ts'
import type { RebuiltEnum } from '../../rebuilt-enum.ts'
import { displayColumn } from '../../sql/relation.ts'
import { objectName, quoteName, quoteText } from '../../sql/sql.ts'
import { otherImage, sameImage } from '../../steps/dual-write.ts'
import { notNull, setNotNullStep, validateStep } from '../../steps/not-null.ts'
import { backfill, ddl } from '../../steps/steps.ts'
import { rowTrigger } from '../../steps/trigger.ts'
import { targetOfKey, typeSql, walkingKey } from '../../target.ts'

interface Steps {
  readonly expand: readonly DraftStep[]
  readonly contract: readonly DraftStep[]
  readonly expects: readonly Expectation[]
}

/** What becomes of the labels that go. */
export interface Replaced {
  /** What takes the place of each. */
  readonly values: ReadonlyMap<string, string>
  /** The old column keeps them until the contract: what takes their place is a label that the old type does not have. */
  readonly keeps: boolean
}

export function rebuildSteps(rebuilt: RebuiltEnum, { values, keeps }: Replaced, migration: Migration): Steps {
  const [schema, name = ''] = [rebuilt.path.at(-2), rebuilt.path.at(-1)]
  const inSchema = (type: string): string => `${schema === undefined ? '' : `${quoteName(schema)}.`}${quoteName(type)}`
  const [next, old] = [objectName('ec', name, 'new'), objectName('ec', name, 'old')]
  const added = rebuilt.after.filter((label) => !rebuilt.before.includes(label))
  const parts = rebuilt.columns.map((c) => columnSteps(c, { type: inSchema(name), next: inSchema(next), values, keeps, migration }))
  const makeType = ddl({
    name: `new ${name}`,
    title: `Make the new ${name} beside the old one`,
    why: 'A new type touches no table.',
    sql: [`CREATE TYPE ${inSchema(next)} AS ENUM (${rebuilt.after.map(quoteText).join(', ')})`],
    undo: [`DROP TYPE ${inSchema(next)}`],
  })
  return {
    // New code that waits for the contract meets the new type only.
    expand: [...(keeps ? [] : added.map((label) => addValue(inSchema(name), label))), makeType, ...parts.flatMap((p) => p.expand)],
    contract: [
      ddl({
        name: `swap ${name}`,
        title: `Let the new ${name} take the place of the old one`,
        why: 'Names in the catalog change hands in one transaction; no row is read. Prepared statements over the columns must be prepared anew: recycle the connections.',
        sql: [
          ...parts.flatMap((p) => p.swap),
          `ALTER TYPE ${inSchema(name)} RENAME TO ${quoteName(old)}`,
          `ALTER TYPE ${inSchema(next)} RENAME TO ${quoteName(name)}`,
          ...parts.flatMap((p) => p.defaults),
          `DROP TYPE ${inSchema(old)}`,
        ],
        undo: { irreversible: 'The old type is gone; every value lives on in the new one.' },
        invalidatesPlans: true,
      }),
    ],
    expects: parts.map((p) => p.expects),
  }
}

function addValue(type: string, label: string): DraftStep {
  return ddl({
    name: `add value ${label}`,
    title: `Add the value ${label} for code that knows it`,
    why: 'Only the catalog changes. In a transaction of its own, for a value can not be used in the one that adds it.',
    sql: [`ALTER TYPE ${type} ADD VALUE IF NOT EXISTS ${quoteText(label)}`],
    undo: { irreversible: 'PostgreSQL can not take a value out of an enum; one that nobody uses does no harm.' },
  })
}

interface Types {
  readonly type: string
  readonly next: string
  readonly values: ReadonlyMap<string, string>
  readonly keeps: boolean
  readonly migration: Migration
}

function columnSteps(
  { table: key, column: name, isArray }: RebuiltEnum['columns'][number],
  { type, next, values, keeps, migration }: Types,
) {
  const target = targetOfKey(key)
  const table = migration.before.tables.get(key)
  const old = column(table, name) as Column
  const other = objectName('ec', name, 'other')
  const [a, b] = [quoteName(name), quoteName(other)]
  const array = isArray ? '[]' : ''
  const isReplaced = values.size > 0 && !keeps
  const text = (value: string): string => replaced(`${value}::text${array}`, values, isArray)
  const kept = (value: string): string => `(${text(value)})::${type}${array}`
  const moved = (value: string): string => `(${text(value)})::${next}${array}`
  const alter = `ALTER TABLE ${target.sql}`
  const nn = notNull(target, other)
  // Code that is built from the schema of this stage writes the default itself (Prisma): it must still be a value behind the contract.
  const gone = [...values.keys()].find((label) => old.default === quoteText(label) || old.default?.startsWith(`${quoteText(label)}::`))
  const instead = isReplaced && gone !== undefined ? values.get(gone) : undefined
  const trigger = rowTrigger({
    target,
    purpose: 'values',
    column: name,
    events: 'INSERT OR UPDATE',
    when: [otherImage(`NEW.${b}`, moved(`NEW.${a}`)), ...(isReplaced ? [otherImage(`NEW.${a}`, kept(`NEW.${a}`))] : [])].join(' OR '),
    body: `${isReplaced ? `  NEW.${a} := ${kept(`NEW.${a}`)};\n` : ''}  NEW.${b} := ${moved(`NEW.${a}`)};`,
  })
  const check = quoteName(objectName('ec', target.name, name, 'in_sync'))
  const carried = carryOver(migration.before, key, target, name, other)
  if ('reason' in carried) throw new Error(carried.reason)
  const on = displayColumn(key, name)
  const after = column(migration.after.tables.get(key), name)
  const set = [...(isReplaced ? [{ column: name, expression: kept(a) }] : []), { column: other, expression: moved(a) }]
  return {
    expand: [
      ddl({
        name: `parallel ${name}`,
        title: `Add a column of the new type that follows ${on}`,
        why: 'Column, trigger and checks come in one transaction: no write meets the one without the other. Nothing is scanned or rewritten.',
        sql: [
          `${alter} ADD COLUMN ${b} ${next}${array}`,
          ...trigger.create,
          `${alter} ADD CONSTRAINT ${check} CHECK (${sameImage(b, keeps ? moved(a) : `(${a}::text${array})::${next}${array}`)}) NOT VALID`,
          ...(old.notNull ? [nn.add] : []),
          ...(instead === undefined ? [] : [`${alter} ALTER COLUMN ${a} SET DEFAULT ${quoteText(instead)}`]),
        ],
        undo: [
          ...(instead === undefined ? [] : [`${alter} ALTER COLUMN ${a} SET DEFAULT ${old.default}`]),
          ...trigger.drop,
          `${alter} DROP COLUMN ${b}`,
        ],
      }),
      backfill({
        name: 'backfill',
        title: `Copy ${on} in old rows`,
        table: target.sql,
        key: walkingKey(table),
        set,
        where: [otherImage(b, moved(a)), ...(isReplaced ? [otherImage(a, kept(a))] : [])].join(' OR '),
        ...(isReplaced && { undo: { irreversible: 'Which rows held a value that goes is not recorded.' } }),
      }),
      validateStep(target, `the copy of ${name} in every row`, [
        `${alter} VALIDATE CONSTRAINT ${check}`,
        ...(old.notNull ? [nn.validate] : []),
      ]),
      ...(old.notNull ? [setNotNullStep(target, other)] : []),
      ...carried.build,
    ],
    swap: [
      ...trigger.drop,
      `${alter} DROP CONSTRAINT ${check}`,
      ...carried.objects.flatMap((o) => [o.giveUp, o.take]),
      `${alter} DROP COLUMN ${a}`,
      `${alter} RENAME COLUMN ${b} TO ${a}`,
    ],
    defaults: after?.default === undefined ? [] : [`${alter} ALTER COLUMN ${a} SET DEFAULT ${after.default}`],
    expects: { table: target.sql, column: name, from: keeps ? text(a) : `(${text(a)})::${typeSql(old.type)}` },
  }
}

/** The value as text, each label that goes replaced. */
function replaced(text: string, values: ReadonlyMap<string, string>, isArray: boolean): string {
  if (isArray) return [...values].reduce((inner, [from, to]) => `array_replace(${inner}, ${quoteText(from)}, ${quoteText(to)})`, text)
  if (values.size === 0) return text
  return `CASE ${text} ${[...values].map(([from, to]) => `WHEN ${quoteText(from)} THEN ${quoteText(to)}`).join(' ')} ELSE ${text} END`
}
