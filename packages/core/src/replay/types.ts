import type { Catalog, Domain, TypeName } from '../catalog/catalog.ts'
import { type PgNode, scan } from '../parser.ts'
import { strings, tableKey } from '../relation.ts'
import { typeName, userType } from '../type-name.ts'
import type { Change, Handler } from './change.ts'
import { collationOf } from './column.ts'
import { rekeyed, without, withEntry } from './edit.ts'
import { makeObjectName } from './object-name.ts'
import { expressionFrom, find, parenthesised, sourceOf, tokenAt } from './slice.ts'

/** CREATE DOMAIN. */
export const createDomain: Handler = (catalog, fields, change) => {
  const type = userType(strings(fields.domainname))
  const collation = collationOf(fields)
  let domain: Domain = { base: typeName(fields.typeName), notNull: false, checks: [], ...(collation !== undefined && { collation }) }
  for (const { Constraint: constraint } of (fields.constraints ?? []) as PgNode[]) domain = constrained(domain, strings(fields.domainname).at(-1) ?? '', constraint, change)
  return { ...catalog, domains: withEntry(catalog.domains, type, domain) }
}

/** ALTER DOMAIN: T default, N and O (NOT NULL), C and X (constraints), V (validation), as PostgreSQL's parser calls them. */
export const alterDomain: Handler = (catalog, fields, change) => {
  const path = strings(fields.typeName)
  const type = userType(path)
  const domain = catalog.domains.get(type)
  if (!domain) return catalog
  const put = (next: Domain): Catalog => ({ ...catalog, domains: withEntry(catalog.domains, type, next) })
  switch (alteration(fields.subtype)) {
    case 'T': {
      const { default: _, ...bare } = domain
      const text = fields.def && expressionFrom(sourceOf(change.statement), find(sourceOf(change.statement), 'DEFAULT') + 1, fields.def)
      return put(text === undefined || fields.def.A_Const?.isnull ? bare : { ...bare, default: text })
    }
    case 'N':
      return put({ ...domain, notNull: false })
    case 'O':
      return put({ ...domain, notNull: true })
    case 'C':
      return put(constrained(domain, path.at(-1) ?? '', fields.def.Constraint, change))
    case 'X':
      return put({ ...domain, checks: domain.checks.filter((c) => c.name !== fields.name) })
    case 'V':
      return put({ ...domain, checks: domain.checks.map((c) => (c.name === fields.name ? { ...c, validated: true } : c)) })
    default:
      return catalog
  }
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

function constrained(domain: Domain, name: string, constraint: PgNode, change: Change): Domain {
  const source = sourceOf(change.statement)
  switch (constraint.contype) {
    case 'CONSTR_NOTNULL':
      return { ...domain, notNull: true }
    case 'CONSTR_DEFAULT': {
      const text = expressionFrom(source, find(source, 'DEFAULT', tokenAt(source, constraint)) + 1, constraint.raw_expr)
      return text === undefined || constraint.raw_expr.A_Const?.isnull ? domain : { ...domain, default: text }
    }
    case 'CONSTR_CHECK': {
      const expression = parenthesised(source, 'CHECK', tokenAt(source, constraint), constraint.raw_expr) ?? ''
      const check = { name: constraint.conname ?? checkName(domain, name), expression, validated: !constraint.skip_validation }
      return { ...domain, checks: [...domain.checks, check] }
    }
    default:
      return domain
  }
}

function checkName(domain: Domain, name: string): string {
  for (let i = 0; ; i++) {
    const free = makeObjectName(name, undefined, i === 0 ? 'check' : `check${i}`)
    if (!domain.checks.some((c) => c.name === free)) return free
  }
}

/** CREATE TYPE … AS (…). */
export const createComposite: Handler = (catalog, fields) => {
  const { relname, schemaname } = fields.typevar as PgNode
  const attributes = ((fields.coldeflist ?? []) as PgNode[]).map(({ ColumnDef: d }) => ({ name: d.colname as string, type: typeName(d.typeName) }))
  return { ...catalog, composites: withEntry(catalog.composites, userType([...(schemaname ? [schemaname] : []), relname]), attributes) }
}

/** ALTER TYPE of a composite: one attribute after the other. */
export function alterComposite(catalog: Catalog, fields: PgNode): Catalog {
  const { relname, schemaname } = fields.relation as PgNode
  const type = userType([...(schemaname ? [schemaname] : []), relname])
  let attributes = catalog.composites.get(type)
  if (!attributes) return catalog
  for (const { AlterTableCmd: cmd } of fields.cmds as PgNode[]) {
    const def = cmd.def?.ColumnDef as PgNode | undefined
    if (cmd.subtype === 'AT_AddColumn' && def) attributes = [...attributes, { name: def.colname, type: typeName(def.typeName) }]
    if (cmd.subtype === 'AT_DropColumn') attributes = attributes.filter((a) => a.name !== cmd.name)
    if (cmd.subtype === 'AT_AlterColumnType' && def)
      attributes = attributes.map((a) => (a.name === cmd.name ? { ...a, type: typeName(def.typeName) } : a))
  }
  return { ...catalog, composites: withEntry(catalog.composites, type, attributes) }
}

/** ALTER TYPE … RENAME ATTRIBUTE. */
export function renameAttribute(catalog: Catalog, fields: PgNode): Catalog {
  const { relname, schemaname } = fields.relation as PgNode
  const type = userType([...(schemaname ? [schemaname] : []), relname])
  const attributes = catalog.composites.get(type)?.map((a) => (a.name === fields.subname ? { ...a, name: fields.newname as string } : a))
  return attributes ? { ...catalog, composites: withEntry(catalog.composites, type, attributes) } : catalog
}

/** ALTER DOMAIN … RENAME CONSTRAINT. */
export function renameDomainConstraint(catalog: Catalog, fields: PgNode): Catalog {
  const type = userType(strings(fields.object?.List?.items))
  const domain = catalog.domains.get(type)
  if (!domain) return catalog
  const checks = domain.checks.map((c) => (c.name === fields.subname ? { ...c, name: fields.newname as string } : c))
  return { ...catalog, domains: withEntry(catalog.domains, type, { ...domain, checks }) }
}

/** The catalog with a type, of whichever kind, under another name. */
export function rekeyType(catalog: Catalog, from: TypeName, to: TypeName): Catalog {
  return {
    ...catalog,
    enums: rekeyed(catalog.enums, from, to),
    domains: rekeyed(catalog.domains, from, to),
    composites: rekeyed(catalog.composites, from, to),
  }
}

/** The catalog without a type, of whichever kind. */
export function removeType(catalog: Catalog, type: TypeName): Catalog {
  return {
    ...catalog,
    enums: without(catalog.enums, type),
    domains: without(catalog.domains, type),
    composites: without(catalog.composites, type),
  }
}

/** Names, unquoted, of the enums, domains and composite types of a schema. */
export function typesOfSchema(catalog: Catalog, schema: string): string[] {
  return [...catalog.enums.keys(), ...catalog.domains.keys(), ...catalog.composites.keys()].flatMap((type) => {
    const [first = '', second = ''] = scan(type).filter((t) => t.text !== '.').map((t) => unquoted(t.text))
    return first === schema ? [second] : []
  })
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
}

/** True where the name is a composite type's, which ALTER TABLE and DROP TYPE may mean. */
export function isComposite(catalog: Catalog, range: PgNode): boolean {
  return catalog.composites.has(userType([...(range.schemaname ? [range.schemaname as string] : []), range.relname as string])) && !catalog.tables.has(tableKey(range.relname, range.schemaname))
}
