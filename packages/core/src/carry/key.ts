import type { Catalog, Constraint, TableName } from '../catalog/catalog.ts'
import type { DraftStep } from '../plan/plan.ts'
import { indexSql, type Renamed } from '../sql/index-sql.ts'
import { quoteName } from '../sql/sql.ts'
import type { Target } from '../steps/trigger.ts'
import type { CantCarry, Carried } from './carry-over.ts'
import { indexStep, ownNames } from './indexes.ts'

/** Where a key is carried from one column to another. */
export interface KeyPlace {
  readonly catalog: Catalog
  readonly key: TableName
  readonly target: Target
  readonly renames: readonly Renamed[]
  readonly tag?: string
  readonly oneWay?: true
}

/** A unique constraint or a primary key on the other column: its index is built first, and taken over when the columns change places. */
export function carryKey(
  c: Constraint,
  { catalog, key, target, renames, tag, oneWay }: KeyPlace,
): { readonly build: DraftStep[]; readonly object: Carried } | CantCarry {
  const index = catalog.tables.get(key)?.indexes.find((i) => i.constraint === c.name)
  const { copy, away } = ownNames(c.name, tag)
  const build = (name: string, rename: readonly Renamed[] = []) =>
    index && indexSql(index, target.sql, { name, concurrently: true, rename })
  const [next, spare] = [build(copy, renames), build(away)]
  if (!next || !spare) return { reason: `the index behind the constraint "${c.name}" is not known` }
  const alter = `ALTER TABLE ${target.sql}`
  const [name, old] = [quoteName(c.name), quoteName(away)]
  const isPrimary = c.kind === 'primary'
  const take = (from: string) => `${alter} ADD CONSTRAINT ${name} ${isPrimary ? 'PRIMARY KEY' : 'UNIQUE'} USING INDEX ${from}`
  const drop = `${alter} DROP CONSTRAINT ${name}`
  return {
    // A table has one primary key: the old column gets an index of its own, so that the key can go back.
    build: [indexStep(next, copy, target, c.name), ...(isPrimary && !oneWay ? [indexStep(spare, away, target, c.name)] : [])],
    object: {
      name: c.name,
      away,
      giveUp: isPrimary ? drop : `${alter} RENAME CONSTRAINT ${name} TO ${old}`,
      // Adopting an index that is built already takes the lock for a moment and renames the index to the constraint.
      take: take(quoteName(copy)),
      // The index goes with its constraint; undoing the step that built it finds nothing left to drop.
      takeBack: drop,
      giveBack: isPrimary ? take(old) : `${alter} RENAME CONSTRAINT ${old} TO ${name}`,
      drop,
    },
  }
}
