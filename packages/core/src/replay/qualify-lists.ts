import { type PgNode, untag } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import type { Lookup } from './lookup.ts'
import { multirangeNames } from './range.ts'

/** The tree with a schema before names that it holds as lists of words, which have no place in the text; the same tree where there are none. */
export function qualifyLists(node: PgNode, lookup: Lookup): PgNode {
  const [tag] = untag(node)
  if (!LISTS.has(tag) && !mayHoldClasses(tag)) return node
  const copy = structuredClone(node)
  const fields = copy[tag] as PgNode
  const made = (list: PgNode[] | undefined): void => prefix(list, 1, lookup.creation)
  const type = (list: PgNode[] | undefined): void => prefix(list, 1, schema(lookup.type(strings(list)[0] ?? '') ?? lookup.nowhere))
  const routine = (list: PgNode[] | undefined): void => prefix(list, 1, schema(lookup.routine(strings(list)[0] ?? '') ?? lookup.nowhere))
  switch (tag) {
    case 'CreateEnumStmt':
      made(fields.typeName)
      break
    case 'CreateRangeStmt':
      made(fields.typeName)
      made(multirangeNames(fields))
      break
    case 'CreateDomainStmt':
      made(fields.domainname)
      break
    case 'CreateFunctionStmt':
      made(fields.funcname)
      break
    case 'DefineStmt':
      made(fields.defnames)
      break
    case 'AlterEnumStmt':
    case 'AlterDomainStmt':
      type(fields.typeName)
      break
    case 'AlterFunctionStmt':
      routine(fields.func?.objname)
      break
    case 'CreateTrigStmt':
      prefix(fields.funcname, 1, schema(lookup.routine(strings(fields.funcname)[0] ?? '')))
      break
    case 'CreateExtensionStmt':
      addSchema(fields, lookup.creation)
      break
    case 'DropStmt':
      for (const object of fields.objects as PgNode[]) qualifyObject(fields.removeType, object, lookup, { type, routine })
      break
    case 'RenameStmt':
      qualifyObject(fields.renameType, fields.object, lookup, { type, routine })
      break
    case 'AlterObjectSchemaStmt':
      qualifyObject(fields.objectType, fields.object, lookup, { type, routine })
      break
    default:
      break
  }
  qualifyInside(copy, lookup)
  return copy
}

const LISTS: ReadonlySet<string> = new Set(
  `CreateEnumStmt CreateRangeStmt CreateDomainStmt CreateFunctionStmt DefineStmt AlterEnumStmt AlterDomainStmt AlterFunctionStmt CreateTrigStmt
  CreateExtensionStmt DropStmt RenameStmt AlterObjectSchemaStmt`
    .split(/\s+/)
    .filter(Boolean),
)

const mayHoldClasses = (tag: string): boolean =>
  ['IndexStmt', 'CreateStmt', 'AlterTableStmt', 'CreateSeqStmt', 'AlterSeqStmt'].includes(tag)

function schema(found: string | undefined): string | undefined {
  return found === 'own' ? undefined : found
}

/** Puts a schema before a name of so many parts. */
function prefix(list: PgNode[] | undefined, parts: number, found: string | undefined): void {
  if (list?.length === parts && found !== undefined) list.unshift({ String: { sval: found } })
}

interface Ways {
  readonly type: (list: PgNode[] | undefined) => void
  readonly routine: (list: PgNode[] | undefined) => void
}

function qualifyObject(kind: string, object: PgNode | undefined, lookup: Lookup, { type, routine }: Ways): void {
  const [tag, fields] = untag(object)
  const list = (
    tag === 'List' ? fields.items : tag === 'TypeName' ? fields.names : tag === 'ObjectWithArgs' ? fields.objname : undefined
  ) as PgNode[] | undefined
  const [name = ''] = strings(list)
  switch (kind) {
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_SEQUENCE':
      prefix(list, 1, lookup.relation(name) ?? lookup.nowhere)
      break
    case 'OBJECT_INDEX':
      prefix(list, 1, lookup.index(name) ?? lookup.nowhere)
      break
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
    case 'OBJECT_DOMCONSTRAINT':
      type(list)
      break
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      routine(list)
      break
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      prefix(list, 2, lookup.relation(name) ?? lookup.nowhere)
      break
    default:
  }
}

/** CREATE EXTENSION without SCHEMA. */
function addSchema(fields: PgNode, creation: string | undefined): void {
  const options = (fields.options ?? []) as PgNode[]
  if (creation === undefined || options.some((o) => o.DefElem?.defname === 'schema')) return
  fields.options = [...options, { DefElem: { defname: 'schema', arg: { String: { sval: creation } } } }]
}

/** Operator classes of index keys, and the tables of OWNED BY. */
function qualifyInside(node: unknown, lookup: Lookup): void {
  if (Array.isArray(node)) {
    for (const item of node) qualifyInside(item, lookup)
  } else if (typeof node === 'object' && node !== null) {
    const fields = node as PgNode
    if (fields.IndexElem?.opclass) prefix(fields.IndexElem.opclass, 1, lookup.operatorClass(strings(fields.IndexElem.opclass)[0] ?? ''))
    const owner = fields.DefElem?.defname === 'owned_by' ? (fields.DefElem.arg?.List?.items as PgNode[] | undefined) : undefined
    if (owner) prefix(owner, 2, lookup.relation(strings(owner)[0] ?? ''))
    for (const value of Object.values(fields)) qualifyInside(value, lookup)
  }
}
