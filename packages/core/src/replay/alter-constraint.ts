import type { Catalog, Constraint, TableName } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import type { Change } from './change.ts'
import { mark, putTable } from './edit.ts'
import { amendNotNull, columnOfNotNull, setNotNull } from './not-null.ts'

/** VALIDATE CONSTRAINT. */
export function validateConstraint(catalog: Catalog, key: TableName, name: string, change: Change): Catalog {
  const required = columnOfNotNull(catalog, key, name)
  if (!required) return editConstraint(catalog, key, name, change, { validated: true })
  const { notNullConstraint: standing } = required
  return setNotNull(catalog, key, required.name, { validated: true, inherited: standing?.inherited === true })
}

/** ALTER CONSTRAINT: deferrability of foreign keys; from version 18 on whether they are enforced, which validates them, and whether NOT NULL is inherited. */
export function alterConstraint(catalog: Catalog, key: TableName, def: PgNode, change: Change): Catalog {
  const required = columnOfNotNull(catalog, key, def.conname)
  if (required && def.alterInheritability === true) return amendNotNull(catalog, key, required.name, { noInherit: def.noinherit === true })
  const edits: ConstraintEdit = {
    ...(def.alterDeferrability === true && { deferrable: def.deferrable === true, initiallyDeferred: def.initdeferred === true }),
    ...(def.alterEnforceability === true && { notEnforced: def.is_enforced !== true, validated: def.is_enforced === true }),
  }
  if (Object.keys(edits).length === 0) return mark(catalog, key, change, 'this kind of ALTER CONSTRAINT is not followed')
  return editConstraint(catalog, key, def.conname, change, edits)
}

interface ConstraintEdit {
  readonly validated?: boolean
  readonly deferrable?: boolean
  readonly initiallyDeferred?: boolean
  readonly notEnforced?: boolean
}

function editConstraint(catalog: Catalog, key: TableName, name: string, change: Change, edit: ConstraintEdit): Catalog {
  const table = catalog.tables.get(key)
  if (!table?.constraints.some((c) => c.name === name)) return mark(catalog, key, change, `the constraint "${name}" is not known`)
  return putTable(catalog, key, { ...table, constraints: table.constraints.map((c) => (c.name === name ? amended(c, edit) : c)) })
}

function amended(constraint: Constraint, edit: ConstraintEdit): Constraint {
  const { deferrable, initiallyDeferred, notEnforced, validated, ...bare } = { ...constraint, ...edit }
  return {
    ...bare,
    validated: validated ?? true,
    ...(deferrable && { deferrable: true }),
    ...(initiallyDeferred && { initiallyDeferred: true }),
    ...(notEnforced && { notEnforced: true }),
  }
}
