import type { KeptRow } from '@expand-contract/postgres'

/** What is kept, as a person says it: `bio of auth.User`. */
export function keptText({ how, name, schema, table, columns }: Pick<KeptRow, 'how' | 'name' | 'schema' | 'table' | 'columns'>): string {
  if (how === 'restore point') return `the restore point ${name}`
  const of = schema === 'public' ? table : `${schema}.${table}`
  return columns ? `${columns.join(', ')} of ${of}` : `the table ${of}`
}
