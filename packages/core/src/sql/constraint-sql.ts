import type { Constraint, ForeignKey, Index } from '../catalog/catalog.ts'
import { DEFAULT_SCHEMA, splitKey } from './relation.ts'
import { quoteName } from './sql.ts'

/**
 * What stands behind `ADD CONSTRAINT name` for a constraint of the catalog, without NOT VALID. `index` is the index of a key. Undefined for what can't be
 * written from the catalog: exclusion constraints, keys whose index is not known, foreign keys to columns that are not known.
 */
export function constraintBody(constraint: Constraint, index?: Index): string | undefined {
  const body = bodyOf(constraint, index)
  if (body === undefined || !constraint.deferrable) return body
  return `${body} DEFERRABLE${constraint.initiallyDeferred ? ' INITIALLY DEFERRED' : ''}`
}

function bodyOf({ kind, columns, expression, references, noInherit }: Constraint, index: Index | undefined): string | undefined {
  const list = (names: readonly string[]): string => `(${names.map(quoteName).join(', ')})`
  switch (kind) {
    case 'check':
      return expression === undefined ? undefined : `CHECK (${expression})${noInherit ? ' NO INHERIT' : ''}`
    case 'foreign':
      return references && references.columns.length > 0 ? `FOREIGN KEY ${list(columns)} ${referencesSql(references)}` : undefined
    case 'primary':
    case 'unique': {
      if (!index) return undefined
      const distinct = index.nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''
      const include = index.include.length > 0 ? ` INCLUDE ${list(index.include)}` : ''
      return `${kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE'}${distinct} ${list(columns)}${include}`
    }
    default:
      return undefined
  }
}

/** `REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE NO ACTION`. */
export function referencesSql({ table, columns, onDelete, onUpdate, full, sets }: ForeignKey): string {
  const [schema, name] = splitKey(table)
  const list = (names: readonly string[]): string => ` (${names.map(quoteName).join(', ')})`
  return [
    `REFERENCES ${schema === DEFAULT_SCHEMA ? quoteName(name) : table}${columns.length > 0 ? list(columns) : ''}`,
    ...(full ? ['MATCH FULL'] : []),
    `ON DELETE ${onDelete.toUpperCase()}${sets ? list(sets) : ''}`,
    `ON UPDATE ${onUpdate.toUpperCase()}`,
  ].join(' ')
}
