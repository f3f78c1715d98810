import { type Catalog, type Constraint, column, type TableName } from '../catalog/catalog.ts'
import { dependents } from '../dependents.ts'
import type { DraftStep } from '../plan/plan.ts'
import { constraintBody } from '../sql/constraint-sql.ts'
import { objectName, quoteName } from '../sql/sql.ts'
import { ddl } from '../steps/steps.ts'
import { targetOfKey } from '../target.ts'
import type { CantCarry } from './carry-over.ts'

/** Foreign keys to one column, made to point at the column that takes its place. */
export interface InboundKeys {
  /** Each key is built a second time, proved, and put in the place of the first, in transactions of its own: no moment without a key. */
  readonly move: readonly DraftStep[]
  /** Before the columns change back: the keys let go of the new one. */
  readonly letGo: readonly string[]
  /** After that: they hold the old one again, for new rows; then for all. */
  readonly holdAgain: readonly string[]
  readonly proveAgain: readonly string[]
}

/** Moves the foreign keys that point at `from` to `to`, a column of the same table with a unique index like that of `from`. */
export function moveInbound(catalog: Catalog, key: TableName, from: string, to: string): InboundKeys | CantCarry {
  const all: Moved[] = []
  for (const { table, constraint } of dependents(catalog, key, from).inbound) {
    const moved = movedKey(catalog, key, table, constraint, from, to)
    if ('reason' in moved) return moved
    all.push(moved)
  }
  return {
    move: all.flatMap((k) => k.move),
    letGo: all.map((k) => k.drop),
    holdAgain: all.map((k) => k.add),
    proveAgain: all.flatMap((k) => k.validate),
  }
}

/** The same, but for the last of it: the copies take the place of the originals when the caller says so. Keys of columns that `isOurs` names are left out. */
export function inboundCopies(
  catalog: Catalog,
  key: TableName,
  from: string,
  to: string,
  isOurs: (table: TableName, column: string) => boolean,
): { readonly build: readonly DraftStep[]; readonly swap: readonly string[] } | CantCarry {
  const all: Moved[] = []
  for (const { table, constraint } of dependents(catalog, key, from).inbound) {
    if (constraint.columns.some((c) => isOurs(table, c))) continue
    const ends = constraint.references?.columns.filter((c) => isOurs(key, c)) ?? []
    if (ends.length > 1) return { reason: `the foreign key "${constraint.name}" points at several columns that change` }
    const moved = movedKey(catalog, key, table, constraint, from, to)
    if ('reason' in moved) return moved
    all.push(moved)
  }
  return { build: all.flatMap((m) => m.copy), swap: all.flatMap((m) => m.swap) }
}

interface Moved {
  readonly drop: string
  readonly add: string
  readonly validate: readonly string[]
  readonly copy: readonly DraftStep[]
  readonly swap: readonly string[]
  readonly move: readonly DraftStep[]
}

function movedKey(catalog: Catalog, key: TableName, child: TableName, c: Constraint, from: string, to: string): Moved | CantCarry {
  const target = targetOfKey(child)
  const alter = `ALTER TABLE ${target.sql}`
  const copy = quoteName(objectName('ec', c.name, 'moved'))
  const name = quoteName(c.name)
  const body = constraintBody(c)
  const moved =
    c.references &&
    constraintBody({ ...c, references: { ...c.references, columns: c.references.columns.map((r) => (r === from ? to : r)) } })
  if (!body || !moved) return { reason: `what the foreign key "${c.name}" points at is not known` }
  if (catalog.tables.get(child)?.partitionedBy !== undefined) return { reason: `the foreign key "${c.name}" is one of a partitioned table` }
  if (!c.columns.every((n) => column(catalog.tables.get(child), n))) return { reason: `the columns of "${c.name}" are not known` }
  const validate = (what: string): string[] => (c.validated ? [`${alter} VALIDATE CONSTRAINT ${what}`] : [])
  const add = `${alter} ADD CONSTRAINT ${name} ${body} NOT VALID`
  const drop = `${alter} DROP CONSTRAINT IF EXISTS ${name}`
  const parent = targetOfKey(key).name
  const swap = [`${alter} DROP CONSTRAINT ${name}`, `${alter} RENAME CONSTRAINT ${copy} TO ${name}`]
  const built = [
    ddl({
      name: 'add foreign key',
      title: `Add a copy of ${c.name} that points at the new column`,
      why: `NOT VALID looks at new rows only: ${target.name} and ${parent} are locked for a moment, nothing is compared.`,
      sql: [`${alter} ADD CONSTRAINT ${copy} ${moved} NOT VALID`],
      undo: [`${alter} DROP CONSTRAINT IF EXISTS ${copy}`],
    }),
    ...validate(copy).map((sql) =>
      ddl({
        name: 'validate',
        title: `Validate the copy of ${c.name}`,
        why: 'The scan runs under SHARE UPDATE EXCLUSIVE: reads and writes go on.',
        sql: [sql],
        undo: { none: 'The copy goes away with the step that added it.' },
      }),
    ),
  ]
  return {
    drop,
    add,
    validate: validate(name),
    copy: built,
    swap,
    move: [
      ...built,
      ddl({
        name: 'move foreign key',
        title: `Let the copy take the place of ${c.name}`,
        why: 'The copy is proved already: at no moment is there no key. Both tables are locked for a change in the catalog only.',
        sql: swap,
        undo: { sql: [drop, add], ...(c.validated && { after: validate(name) }) },
      }),
    ],
  }
}
