import type { Catalog, Column, TypeName } from '../catalog/catalog.ts'
import { parseExpression } from '../sql/expression.ts'
import { volatility } from './volatility.ts'

/** Why adding a column copies the whole table. */
export type RewriteReason = 'identity' | 'generated' | 'volatile default' | 'domain'

/**
 * Why PostgreSQL rewrites the table when this column is added to it, or undefined where it only changes the catalog. The catalog is the one just before the
 * statement; a serial column has its sequence as its default.
 */
export function newColumnRewrites(column: Column, catalog: Catalog, postgres: number): RewriteReason | undefined {
  if (column.identity) return 'identity'
  if (column.generated) return column.generated.stored ? 'generated' : undefined
  if (isConstrained(column.type, catalog)) return 'domain'
  const value = column.default ?? domainDefault(column.type, catalog)
  return value !== undefined && volatility(parseExpression(value), catalog, postgres) === 'volatile' ? 'volatile default' : undefined
}

/** True for a domain that refuses values, itself or by a domain that it rests on. */
export function isConstrained(type: TypeName, catalog: Pick<Catalog, 'domains'>): boolean {
  const domain = catalog.domains.get(type)
  return domain !== undefined && (domain.notNull || domain.checks.length > 0 || isConstrained(domain.base, catalog))
}

/** The nearest default of a domain and those that it rests on. */
function domainDefault(type: TypeName, catalog: Pick<Catalog, 'domains'>): string | undefined {
  const domain = catalog.domains.get(type)
  return domain && (domain.default ?? domainDefault(domain.base, catalog))
}
