import type { Catalog, Range } from '../catalog/catalog.ts'
import type { PgNode } from '../sql/parser.ts'
import { strings, tableKey } from '../sql/relation.ts'
import { MAX_IDENTIFIER_BYTES } from '../sql/sql.ts'
import { typeName, userType } from '../sql/type-name.ts'
import type { Handler } from './change.ts'
import { withEntry } from './edit.ts'
import { makeObjectName } from './object-name.ts'

/** CREATE TYPE … AS RANGE: the range, its multirange, and the functions of their names that make values of them. */
export const createRange: Handler = (catalog, fields) => {
  const path = strings(fields.typeName)
  const subtype = typeName(option(fields, 'subtype')?.TypeName ?? {})
  const given = strings(multirangeNames(fields))
  const schema = path.at(-2)
  // A name that is given without a schema is not one in the schema of the range.
  const multirange = given.length > 0 ? [given.at(-2), given.at(-1)] : [schema, multirangeName(path.at(-1) ?? '')]
  const named = multirange.filter((part): part is string => part !== undefined)
  const type = userType(path)
  // Those of both stand in the schema of the range.
  const constructors = [path, named].map((of) => tableKey(of.at(-1) ?? '', schema))
  const range: Range = { subtype, multirange: userType(named), constructors }
  const made: Catalog = { ...catalog, ranges: withEntry(catalog.ranges ?? new Map(), type, range) }
  const functions = constructors.reduce((current, key) => withEntry(current, key, 'immutable' as const), made.functions)
  return { ...made, functions }
}

/** The name that the statement gives to the multirange, as the tree has it. */
export function multirangeNames(fields: PgNode): PgNode[] | undefined {
  return option(fields, 'multirange_type_name')?.TypeName?.names
}

function option(fields: PgNode, name: string): PgNode | undefined {
  return ((fields.params ?? []) as PgNode[]).find((p) => p.DefElem?.defname === name)?.DefElem.arg
}

/** `range` in the name becomes `multirange`, else `_multirange` stands behind it (makeMultirangeTypeName in src/backend/catalog/pg_type.c). */
function multirangeName(name: string): string {
  const at = name.indexOf('range')
  if (at >= 0) return clip(`${name.slice(0, at)}multi${name.slice(at)}`)
  return makeObjectName(name, undefined, 'multirange')
}

function clip(name: string): string {
  return Buffer.from(name).subarray(0, MAX_IDENTIFIER_BYTES).toString()
}
