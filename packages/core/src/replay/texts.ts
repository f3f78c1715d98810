import type { Domain, Index, Table } from '../catalog/catalog.ts'
import { mapSame } from './edit.ts'

/** Gives an expression's text from now on; the same text for "nothing to do". */
type Edit = (text: string) => string

/** The table with every expression in it edited; the same table where none changed. */
export function editTexts(table: Table, edit: Edit): Table {
  const columns = mapSame(table.columns, (c) => {
    const text = c.default === undefined ? undefined : edit(c.default)
    const computed = c.generated && edit(c.generated.expression)
    if (text === c.default && computed === c.generated?.expression) return c
    return {
      ...c,
      ...(text !== undefined && { default: text }),
      ...(c.generated && computed !== undefined && { generated: { ...c.generated, expression: computed } }),
    }
  })
  const constraints = mapSame(table.constraints, (c) => {
    const text = c.expression === undefined ? undefined : edit(c.expression)
    return text === undefined || text === c.expression ? c : { ...c, expression: text }
  })
  const indexes = mapSame(table.indexes, (i) => editIndex(i, edit))
  const triggers = mapSame(table.triggers, (t) => {
    const text = t.when === undefined ? undefined : edit(t.when)
    return text === undefined || text === t.when ? t : { ...t, when: text }
  })
  const policies = mapSame(table.policies, (p) => {
    const [using, check] = [p.using === undefined ? undefined : edit(p.using), p.check === undefined ? undefined : edit(p.check)]
    return using === p.using && check === p.check
      ? p
      : { ...p, ...(using !== undefined && { using }), ...(check !== undefined && { check }) }
  })
  const by = table.partitionedBy === undefined ? undefined : edit(table.partitionedBy)
  const isSame =
    by === table.partitionedBy &&
    columns === table.columns &&
    constraints === table.constraints &&
    indexes === table.indexes &&
    triggers === table.triggers &&
    policies === table.policies
  return isSame ? table : { ...table, ...(by !== undefined && { partitionedBy: by }), columns, constraints, indexes, triggers, policies }
}

/** The index with its expressions edited. */
export function editIndex(index: Index, edit: Edit): Index {
  const where = index.where === undefined ? undefined : edit(index.where)
  const keys = mapSame(index.keys, (k) => {
    const text = k.expression === undefined ? undefined : edit(k.expression)
    return text === undefined || text === k.expression ? k : { ...k, expression: text }
  })
  return where === index.where && keys === index.keys ? index : { ...index, keys, ...(where !== undefined && { where }) }
}

/** The domain with its expressions edited. */
export function editDomainTexts(domain: Domain, edit: Edit): Domain {
  const text = domain.default === undefined ? undefined : edit(domain.default)
  const checks = mapSame(domain.checks, (c) => {
    const expression = edit(c.expression)
    return expression === c.expression ? c : { ...c, expression }
  })
  return text === domain.default && checks === domain.checks ? domain : { ...domain, checks, ...(text !== undefined && { default: text }) }
}

/** Expressions of an index. */
export function textsOfIndex(index: Index): string[] {
  return [index.where, ...index.keys.map((k) => k.expression)].filter((text) => text !== undefined)
}

/** Expressions of a table and of all that belongs to it. */
export function textsOf(table: Table): string[] {
  return [
    ...table.columns.flatMap((c) => [c.default, c.generated?.expression]),
    ...table.constraints.map((c) => c.expression),
    ...table.triggers.map((t) => t.when),
    ...table.policies.flatMap((p) => [p.using, p.check]),
    ...table.indexes.flatMap(textsOfIndex),
  ].filter((text) => text !== undefined)
}

/** True where the catalog's text may name one of these, by their last names: what is not in a text is not in its tree. */
export function mayName(text: string, names: readonly string[]): boolean {
  const small = text.toLowerCase()
  return names.some((name) => name.includes('"') || name.includes("'") || small.includes(name.toLowerCase()))
}
