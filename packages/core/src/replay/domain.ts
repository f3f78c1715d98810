import type { Catalog, Domain } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { DEFAULT_SCHEMA, strings } from '../sql/relation.ts'
import { typeName, userType } from '../sql/type-name.ts'
import type { Change, Handler } from './change.ts'
import { collationOf } from './column.ts'
import { markEverything, withEntry } from './edit.ts'
import { constraintName } from './object-name.ts'
import { expressionFrom, find, parenthesised, sourceOf, tokenAt } from './slice.ts'

/** CREATE DOMAIN. */
export const createDomain: Handler = (catalog, fields, change) => {
  const path = strings(fields.domainname)
  const collation = collationOf(fields)
  const domain: Domain = { base: typeName(fields.typeName), notNull: false, checks: [], ...(collation !== undefined && { collation }) }
  const made: Catalog = { ...catalog, domains: withEntry(catalog.domains, userType(path), domain) }
  return ((fields.constraints ?? []) as PgNode[]).reduce<Catalog>(
    (current, { Constraint: constraint }) => constrained(current, path, constraint, change),
    made,
  )
}

/** ALTER DOMAIN: T default, N and O (NOT NULL), C and X (constraints), V (validation), as PostgreSQL's parser calls them. */
export const alterDomain: Handler = (catalog, fields, change) => {
  const path = strings(fields.typeName)
  const type = userType(path)
  const domain = catalog.domains.get(type)
  if (!domain) return markEverything(catalog, change, `no statement before this one creates the domain ${type}`)
  const put = (next: Domain): Catalog => ({ ...catalog, domains: withEntry(catalog.domains, type, next) })
  switch (alteration(fields.subtype)) {
    case 'T':
      return put(withDefault(domain, fields.def, change))
    case 'N':
      return put(nullable(domain))
    case 'O':
      return put(required(catalog, path, domain, undefined))
    case 'C':
      return constrained(catalog, path, fields.def.Constraint, change)
    case 'X':
      return put(
        fields.name === domain.notNullConstraint
          ? nullable(domain)
          : { ...domain, checks: domain.checks.filter((c) => c.name !== fields.name) },
      )
    case 'V':
      return put({ ...domain, checks: domain.checks.map((c) => (c.name === fields.name ? { ...c, validated: true } : c)) })
    default:
      return catalog
  }
}

/** ALTER DOMAIN … RENAME CONSTRAINT. */
export function renameDomainConstraint(catalog: Catalog, fields: PgNode): Catalog {
  const type = userType(strings(fields.object?.List?.items))
  const domain = catalog.domains.get(type)
  if (!domain) return catalog
  const [from, to] = [fields.subname as string, fields.newname as string]
  const checks = domain.checks.map((c) => (c.name === from ? { ...c, name: to } : c))
  const renamed: Domain = { ...domain, checks, ...(domain.notNullConstraint === from && { notNullConstraint: to }) }
  return { ...catalog, domains: withEntry(catalog.domains, type, renamed) }
}

const WORDS: Readonly<Record<string, string>> = {
  AD_AlterDefault: 'T',
  AD_DropNotNull: 'N',
  AD_SetNotNull: 'O',
  AD_AddConstraint: 'C',
  AD_DropConstraint: 'X',
  AD_ValidateConstraint: 'V',
}

/** The parser prints the letter as it is or as its code. */
function alteration(subtype: unknown): string {
  return typeof subtype === 'number' ? String.fromCharCode(subtype) : (WORDS[String(subtype)] ?? String(subtype))
}

function withDefault(domain: Domain, node: PgNode | undefined, change: Change): Domain {
  const { default: _, ...bare } = domain
  if (!node || node.A_Const?.isnull) return bare
  const source = sourceOf(change.statement)
  const text = expressionFrom(source, find(source, 'DEFAULT', find(source, 'SET')) + 1, node)
  return text === undefined ? bare : { ...bare, default: text }
}

function constrained(catalog: Catalog, path: readonly string[], constraint: PgNode, change: Change): Catalog {
  const type = userType(path)
  const domain = catalog.domains.get(type)
  if (!domain) return catalog
  const put = (next: Domain): Catalog => ({ ...catalog, domains: withEntry(catalog.domains, type, next) })
  const source = sourceOf(change.statement)
  switch (constraint.contype) {
    case 'CONSTR_NOTNULL':
      return put(required(catalog, path, domain, constraint.conname))
    case 'CONSTR_DEFAULT': {
      const text = expressionFrom(source, find(source, 'DEFAULT', tokenAt(source, constraint)) + 1, constraint.raw_expr)
      return text === undefined || constraint.raw_expr.A_Const?.isnull ? catalog : put({ ...domain, default: text })
    }
    case 'CONSTR_CHECK': {
      const expression = parenthesised(source, 'CHECK', tokenAt(source, constraint), constraint.raw_expr) ?? ''
      const name = (constraint.conname as string | undefined) ?? freeName(catalog, path, 'check')
      return put({ ...domain, checks: [...domain.checks, { name, expression, validated: !constraint.skip_validation }] })
    }
    default:
      return catalog
  }
}

/** NOT NULL that is there already keeps its name. */
function required(catalog: Catalog, path: readonly string[], domain: Domain, given: string | undefined): Domain {
  if (domain.notNull) return domain
  return { ...domain, notNull: true, notNullConstraint: given ?? freeName(catalog, path, 'not_null') }
}

function nullable({ notNullConstraint: _, ...domain }: Domain): Domain {
  return { ...domain, notNull: false }
}

/** Constraints of tables and domains have one set of names. */
function freeName(catalog: Catalog, path: readonly string[], label: string): string {
  return constraintName(catalog, { schema: path.at(-2) ?? DEFAULT_SCHEMA, name: path.at(-1) ?? '' }, undefined, label)
}
