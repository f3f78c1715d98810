import type { Catalog } from '../catalog/catalog.ts'
import type { Script, Statement } from '../statement.ts'

/** The catalog after one statement. Pure: `catalog` is left as it is. `migration` is named where something becomes incomplete. */
export function applyStatement(_catalog: Catalog, _statement: Statement, _migration: string): Catalog {
  throw new Error('being written')
}

/** The catalog before each statement of a script, and after the last. An unreadable script makes everything incomplete. */
export function applyScript(catalog: Catalog, script: Script, migration: string): { at: readonly Catalog[]; after: Catalog } {
  const at: Catalog[] = []
  let current = catalog
  for (const statement of script.statements) {
    at.push(current)
    current = applyStatement(current, statement, migration)
  }
  return { at, after: current }
}
