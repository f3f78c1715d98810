import type { TypeName } from '../catalog/catalog.ts'
import { quoteName } from '../sql/sql.ts'
import { elementType } from '../sql/type-name.ts'
import { typeSql } from '../target.ts'

const ZONED = /with time zone$/
const TIME = /^(date|time)/

/** A conversion that PostgreSQL has, to be offered to a person and never taken without an answer. */
export function suggestConversion(column: string, from: TypeName, to: TypeName): string {
  const own = /^[a-z_][a-z0-9_]*$/.test(column) ? column : quoteName(column)
  const type = typeSql(to)
  if (TIME.test(from) && TIME.test(to) && ZONED.test(from) !== ZONED.test(to))
    return `${from === 'date' ? `${own}::timestamp` : own} AT TIME ZONE 'UTC'`
  if (to.endsWith('[]') && !from.endsWith('[]'))
    return elementType(to) === from ? `ARRAY[${own}]` : `ARRAY[${own}::${typeSql(elementType(to))}]`
  if (from.endsWith('[]') && to === 'jsonb') return `to_jsonb(${own})`
  if (from.endsWith('[]') && !to.endsWith('[]')) return `${own}[1]::${type}`
  if (/^(text|character)/.test(from) || /^(text|character)/.test(to)) return `${own}::${type}`
  if (/^jsonb?$/.test(to)) return `to_json${to === 'jsonb' ? 'b' : ''}(${own})`
  if (from.includes('.') && to.includes('.')) return `${own}::text::${type}`
  return `${own}::${type}`
}
