import { applyScript, type Catalog, EMPTY_CATALOG, readScript, type Table } from '@expand-contract/core'

/** The catalog behind scripts that run one after the other, each a migration `m1`, `m2`, … */
export function after(...scripts: readonly string[]): Catalog {
  return scripts.reduce((catalog, text, i) => applyScript(catalog, readScript(text), `m${i + 1}`).after, EMPTY_CATALOG)
}

/** A table of the default schema that the catalog must hold. */
export function table(catalog: Catalog, name: string): Table {
  const found = catalog.tables.get(`"public"."${name}"`)
  if (!found) throw new Error(`no table ${name} among ${[...catalog.tables.keys()].join(', ')}`)
  return found
}

/** Constraints as short texts: `primary t_pkey (id)`. */
export function constraints(catalog: Catalog, name: string): string[] {
  return table(catalog, name).constraints.map((c) =>
    [
      `${c.kind} ${c.name} (${c.columns.join(', ')})`,
      c.expression === undefined ? '' : ` check ${c.expression}`,
      c.references ? ` -> ${c.references.table}(${c.references.columns.join(', ')})` : '',
      c.validated ? '' : ' not valid',
      c.deferrable ? ' deferrable' : '',
    ].join(''),
  )
}

/** Indexes as short texts: `unique t_a_key (a) of t_a_key`. */
export function indexes(catalog: Catalog, name: string): string[] {
  return table(catalog, name).indexes.map((i) => {
    const keys = i.keys.map((k) => `${k.column ?? `(${k.expression})`}${k.options ? ` ${k.options}` : ''}`)
    return [
      `${i.unique ? 'unique ' : ''}${i.name}`,
      i.method === 'btree' ? '' : ` using ${i.method}`,
      ` (${keys.join(', ')})`,
      i.include.length > 0 ? ` include (${i.include.join(', ')})` : '',
      i.nullsNotDistinct ? ' nulls not distinct' : '',
      i.where === undefined ? '' : ` where ${i.where}`,
      i.constraint === undefined ? '' : ` of ${i.constraint}`,
    ].join('')
  })
}

/** What is not known, as `table since migration: reason`. */
export function gaps(catalog: Catalog): string[] {
  return [...catalog.incomplete].map(([key, { since, reason }]) => `${key} since ${since}: ${reason}`)
}
