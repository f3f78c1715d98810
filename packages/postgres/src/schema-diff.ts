import type { Catalog, Column, Constraint, Domain, Index, IndexKey, Policy, Sequence, Table, Trigger, View } from '@expand-contract/core'
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
  for (const schema of catalog.schemas) objects.set(`schema ${quoteName(schema)}`, 'a schema')
  for (const extension of catalog.extensions) {
    objects.set(`extension ${quoteName(extension)}`, `in schema ${quoteName(catalog.extensionSchemas?.get(extension) ?? 'public')}`)
  }
  for (const [key, table] of catalog.tables) describeTable(objects, key, table)
  for (const [key, labels] of catalog.enums) objects.set(`enum ${key}`, list(labels.map((label) => `'${label}'`)))
  for (const [key, domain] of catalog.domains) describeDomain(objects, key, domain)
  for (const [key, attributes] of catalog.composites) {
    objects.set(`composite type ${key}`, list(attributes.map((a) => `${quoteName(a.name)} ${a.type}`)))
  }
  for (const [key, { subtype, multirange, constructors = [] }] of catalog.ranges ?? []) {
    objects.set(`range type ${key}`, words(`of ${subtype}`, `in sets ${multirange}`, `made by ${list([...constructors].sort())}`))
  }
  for (const [key, sequence] of catalog.sequences) objects.set(`sequence ${key}`, sequenceText(sequence))
  for (const [key, view] of catalog.views) describeView(objects, key, view)
  for (const [key, volatility] of catalog.functions) objects.set(`function ${key}`, volatility)
  for (const [key, { since, reason }] of catalog.incomplete) objects.set(`knowledge of ${key}`, `incomplete since ${since}: ${reason}`)
  return objects
}

function describeTable(objects: Map<string, string>, key: string, table: Table): void {
  objects.set(`table ${key}`, tableText(table))
  for (const column of table.columns) objects.set(`column ${key}.${quoteName(column.name)}`, columnText(column))
  for (const constraint of table.constraints) {
    objects.set(`constraint ${quoteName(constraint.name)} on ${key}`, constraintText(constraint))
  }
  for (const index of table.indexes) objects.set(`index ${quoteName(index.name)} on ${key}`, indexText(index))
  for (const trigger of table.triggers) objects.set(`trigger ${quoteName(trigger.name)} on ${key}`, triggerText(trigger))
  for (const policy of table.policies) objects.set(`policy ${quoteName(policy.name)} on ${key}`, policyText(policy))
}

function describeView(objects: Map<string, string>, key: string, view: View): void {
  const reads = [...view.reads]
    .sort((a, b) => (a.table < b.table ? -1 : 1))
    .map((r) => `${r.table}${r.columns ? list(r.columns.map(quoteName)) : ''}`)
  objects.set(
    `view ${key}`,
    words(view.materialized && 'materialized', view.columns && list(view.columns.map(quoteName)), `reading ${reads.join(', ')}`),
  )
  for (const index of view.indexes) objects.set(`index ${quoteName(index.name)} on ${key}`, indexText(index))
}

function describeDomain(objects: Map<string, string>, key: string, domain: Domain): void {
  objects.set(
    `domain ${key}`,
    words(
      domain.base,
      domain.collation && `collate ${domain.collation}`,
      domain.notNull && 'not null',
      domain.default !== undefined && `default ${domain.default}`,
    ),
  )
  for (const { name, expression, validated } of domain.checks) {
    objects.set(`constraint ${quoteName(name)} on domain ${key}`, words(`check ${expression}`, !validated && 'not valid'))
  }
}

function tableText(table: Table): string {
  return words(
    table.persistence,
    table.kind === 'table' ? 'a table' : `a table (${table.kind})`,
    table.parents && table.parents.length > 0 && `of ${table.parents.join(', ')}`,
    table.bound,
    table.ofType && `of type ${table.ofType}`,
    table.partitionedBy && `by ${table.partitionedBy}`,
  )
}

function sequenceText({ type, ownedBy, identity }: Sequence): string {
  return words(type, ownedBy && `owned by ${ownedBy.table}.${quoteName(ownedBy.column)}`, identity && 'of an identity')
}

function triggerText(trigger: Trigger): string {
  return words(
    `calls ${trigger.function}`,
    trigger.perStatement && 'for each statement',
    trigger.updateOf.length > 0 && `on update of ${list([...trigger.updateOf].sort().map(quoteName))}`,
    trigger.when !== undefined && `when ${trigger.when}`,
  )
}

function policyText(policy: Policy): string {
  return words('a policy', policy.using !== undefined && `using ${policy.using}`, policy.check !== undefined && `check ${policy.check}`)
}

function columnText(column: Column): string {
  const named = column.notNullConstraint
  return words(
    column.type,
    column.collation && `collate ${column.collation}`,
    column.notNull ? 'not null' : 'nullable',
    named && `by ${quoteName(named.name)}`,
    named && !named.validated && 'not valid',
    named?.noInherit && 'no inherit',
    named?.inherited && 'from the parent',
    column.default !== undefined && `default ${column.default}`,
    column.identity && `generated ${column.identity} as identity`,
    column.generated && `generated always as (${column.generated.expression}) ${column.generated.stored ? 'stored' : 'virtual'}`,
    column.inherited && 'inherited',
  )
}

function constraintText(constraint: Constraint): string {
  const target = constraint.references
  return words(
    constraint.kind,
    list(constraint.columns.map(quoteName)),
    constraint.operators && `with ${constraint.operators.join(', ')}`,
    constraint.expression !== undefined && `check ${constraint.expression}`,
    target && `references ${target.table} ${list(target.columns.map(quoteName))}`,
    target?.full && 'match full',
    target && `on delete ${target.onDelete}${target.sets ? ` ${list(target.sets.map(quoteName))}` : ''} on update ${target.onUpdate}`,
    constraint.deferrable && 'deferrable',
    constraint.initiallyDeferred && 'initially deferred',
    constraint.noInherit && 'no inherit',
    constraint.notEnforced && 'not enforced',
    constraint.inherited && 'inherited',
    constraint.period && 'over a period',
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
    index.parent !== undefined && `attached to ${quoteName(index.parent)}`,
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
