import { takesDefault } from '../facts/type-refusal.ts'
import type { Migration } from '../migration.ts'
import { identitySequence } from '../replay/sequence.ts'
import { displayTable } from '../sql/relation.ts'
import { actionsOn } from '../target.ts'
import type { Retyped } from './retyped.ts'

/** What keeps a second column from taking the place of this one, in words. */
export function obstacleTo({ table, name, old, next }: Retyped, migration: Migration, isShared: boolean): string | undefined {
  const found = migration.before.tables.get(table)
  if (found?.kind !== 'table') return `${displayTable(table)} is partitioned or inherits`
  if (old.generated) return 'it is a generated column'
  if (old.identity !== next.identity) return 'its identity changes in the same migration'
  if (old.identity && identitySequence(migration.before, table, name) === undefined) return 'the sequence of its identity is not known'
  if (!takesDefault(next.default, next.type, migration.after, { to: next.type, postgres: migration.postgres }))
    return `its default ${next.default} is no ${next.type}: set one that is, or drop it, in the same migration`
  if (!isShared) return old.identity ? 'it is an identity column' : undefined
  if (actionsOn(migration, 'AT_SetNotNull', table).some(({ action }) => action.name === name))
    return 'it becomes NOT NULL in the same migration: do that in one of its own'
  const named = found.constraints.filter((c) => c.kind === 'unique' && c.columns.includes(name))
  const gone = named.find((c) => !migration.after.tables.get(table)?.constraints.some((k) => k.name === c.name))
  return gone && `its unique constraint "${gone.name}" goes in the same migration: do that in one of its own`
}
