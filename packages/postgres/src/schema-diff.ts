import type { Catalog, Column, Constraint, Index, IndexKey, Table } from '@expand-contract/core'
import { quoteName } from '@expand-contract/core'

/**
 * The differences between two schemas as readable lines, none where they are equal. The order of columns, constraints and indexes does not
 * count, everything else does; expressions are compared as text, so both should come from the same kind of source.
 */
export function diffSchemas(expected: Catalog, actual: Catalog): string[] {
  return diffLines(describe(expected), describe(actual))
}

/** The differences between two sets of described objects: `object: expected …, found …`. */
export function diffLines(expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...expected.keys(), ...actual.keys()])].sort()
  return names.flatMap((name) => {
    const [want, have] = [expected.get(name), actual.get(name)]
    if (want === have) return []
    return [`${name}: expected ${want ?? 'none'}, found ${have ?? 'none'}`]
  })
}

/** Every object of a schema by a name that says what it is, with all that the catalog knows of it as text. */
function describe(catalog: Catalog): Map<string, string> {
  const objects = new Map<string, string>()
  for (const [key, table] of catalog.tables) describeTable(objects, key, table)
  for (const [key, labels] of catalog.enums) objects.set(`enum ${key}`, list(labels.map((label) => `'${label}'`)))
  for (const [key, view] of catalog.views) objects.set(`view ${key}`, `reading ${list(view.reads.map((r) => r.table).sort())}`)
  for (const [key, volatility] of catalog.functions) objects.set(`function ${key}`, volatility)
  for (const [key, { since, reason }] of catalog.incomplete) objects.set(`knowledge of ${key}`, `incomplete since ${since}: ${reason}`)
  return objects
}

function describeTable(objects: Map<string, string>, key: string, table: Table): void {
  objects.set(`table ${key}`, table.kind === 'table' ? 'a table' : `a table (${table.kind})`)
  for (const column of table.columns) objects.set(`column ${key}.${quoteName(column.name)}`, columnText(column))
  for (const constraint of table.constraints) {
    objects.set(`constraint ${quoteName(constraint.name)} on ${key}`, constraintText(constraint))
  }
  for (const index of table.indexes) objects.set(`index ${quoteName(index.name)} on ${key}`, indexText(index))
  for (const trigger of table.triggers) objects.set(`trigger ${quoteName(trigger.name)} on ${key}`, 'a trigger')
  for (const policy of table.policies) objects.set(`policy ${quoteName(policy.name)} on ${key}`, 'a policy')
}

function columnText(column: Column): string {
  return words(
    column.type,
    column.collation && `collate ${column.collation}`,
    column.notNull ? 'not null' : 'nullable',
    column.default !== undefined && `default ${column.default}`,
    column.identity && `generated ${column.identity} as identity`,
    column.generated && `generated always as (${column.generated.expression}) ${column.generated.stored ? 'stored' : 'virtual'}`,
  )
}

function constraintText(constraint: Constraint): string {
  const target = constraint.references
  return words(
    constraint.kind,
    list(constraint.columns.map(quoteName)),
    constraint.expression !== undefined && `check ${constraint.expression}`,
    target && `references ${target.table} ${list(target.columns.map(quoteName))}`,
    target && `on delete ${target.onDelete} on update ${target.onUpdate}`,
    constraint.deferrable && 'deferrable',
    !constraint.validated && 'not valid',
  )
}

function indexText(index: Index): string {
  return words(
    index.unique ? 'unique' : 'not unique',
    `using ${index.method}`,
    list(index.keys.map(keyText)),
    index.include.length > 0 && `include ${list(index.include.map(quoteName))}`,
    index.nullsNotDistinct && 'nulls not distinct',
    index.where !== undefined && `where ${index.where}`,
    index.constraint !== undefined && `of constraint ${quoteName(index.constraint)}`,
    !index.valid && 'invalid',
  )
}

function keyText(key: IndexKey): string {
  return words(key.column === undefined ? `(${key.expression})` : quoteName(key.column), key.options)
}

function words(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part).join(' ')
}

function list(items: readonly string[]): string {
  return `(${items.join(', ')})`
}
