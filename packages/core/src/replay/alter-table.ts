import { type Catalog, type Column, type Constraint, column, type Table, type TableName, type TypeName } from '../catalog/catalog.ts'
import { type PgNode, untag } from '../parser.ts'
import { DEFAULT_SCHEMA, rangeKey } from '../relation.ts'
import { elementType, serialType, typeName } from '../type-name.ts'
import type { Change, Handler } from './change.ts'
import { collationOf, identityName, withDefault } from './column.ts'
import { addConstraint } from './constraint.ts'
import { addColumnDef } from './create-table.ts'
import { dropColumn } from './drop-column.ts'
import { dropConstraint } from './drop-constraint.ts'
import { findIndex } from './find-index.ts'
import { editTable, mark, markEverything, markUnknown, putTable, without, withEntry } from './edit.ts'
import { columnOfNotNull, dropNotNull, setNotNull } from './not-null.ts'
import { alterComposite } from './types.ts'
import { addParent, dropParent } from './inherit.ts'
import { childrenOf } from './names.ts'
import { attachIndex, attachPartition, detachPartition } from './partition.ts'
import { identitySequence, ownSequence } from './sequence.ts'
import { expressionFrom, find, parenthesised, sourceOf } from './slice.ts'

/** ALTER TABLE, its actions one after the other. */
export const alterTable: Handler = (catalog, fields, change) => {
  const key = rangeKey(fields.relation)
  if (fields.objtype === 'OBJECT_INDEX') return alterIndex(catalog, fields, change)
  if (fields.objtype === 'OBJECT_TYPE') return alterComposite(catalog, fields)
  if (fields.objtype !== 'OBJECT_TABLE' || catalog.views.has(key)) return catalog
  if (!catalog.tables.has(key)) return fields.missing_ok ? catalog : markUnknown(catalog, key, change)
  let current = catalog
  const inherits = fields.relation.inh !== false
  for (const { AlterTableCmd: cmd } of fields.cmds as PgNode[]) current = withChildren(current, key, cmd, change, inherits)
  return current
}

/** Actions that change how a table is stored, owned or guarded, and nothing that the catalog holds. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  `SetStatistics SetOptions ResetOptions SetStorage SetCompression ClusterOn DropCluster SetTableSpace SetRelOptions
  ResetRelOptions ReplaceRelOptions SetAccessMethod ChangeOwner ReplicaIdentity EnableTrig EnableAlwaysTrig EnableReplicaTrig DisableTrig
  EnableTrigAll DisableTrigAll EnableTrigUser DisableTrigUser EnableRule EnableAlwaysRule EnableReplicaRule DisableRule EnableRowSecurity
  DisableRowSecurity ForceRowSecurity NoForceRowSecurity DropOids`
    .split(/\s+/)
    .map((name) => `AT_${name}`),
)

function alterIndex(catalog: Catalog, fields: PgNode, change: Change): Catalog {
  const cmd = fields.cmds?.[0]?.AlterTableCmd as PgNode | undefined
  if (cmd?.subtype !== 'AT_AttachPartition') return catalog
  const child = cmd.def.PartitionCmd.name as PgNode
  const found = findIndex(catalog, child.schemaname ?? DEFAULT_SCHEMA, child.relname)
  if (!found) return markEverything(catalog, change, `the index "${child.relname}" is not known`)
  return attachIndex(catalog, fields.relation.relname, child.relname, found.key, change)
}

/** One action on a table and, unless ONLY says otherwise, on what inherits from it. */
function withChildren(catalog: Catalog, key: TableName, cmd: PgNode, change: Change, inherits: boolean): Catalog {
  const after = action(catalog, key, cmd, change)
  const children = inherits ? childrenOf(after.tables, key) : []
  return children.reduce((current, child) => onChild(current, child, { before: catalog, parent: key, cmd, change }), after)
}

interface FromParent {
  readonly before: Catalog
  readonly parent: TableName
  readonly cmd: PgNode
  readonly change: Change
}

const SAME_FOR_CHILDREN = new Set(
  'AT_AlterColumnType AT_ColumnDefault AT_SetNotNull AT_DropNotNull AT_ValidateConstraint AT_SetExpression AT_DropExpression'.split(' '),
)

function onChild(catalog: Catalog, child: TableName, { before, parent, cmd, change }: FromParent): Catalog {
  const table = catalog.tables.get(child)
  if (!table) return catalog
  const below = (current: Catalog): Catalog =>
    childrenOf(current.tables, child).reduce((c, key) => onChild(c, key, { before: catalog, parent: child, cmd, change }), current)
  switch (cmd.subtype) {
    case 'AT_AddColumn':
    case 'AT_AddConstraint':
      return below(fromParent(catalog, child, parent, before))
    case 'AT_DropColumn':
      return column(table, cmd.name)?.inherited ? below(dropColumn(catalog, child, cmd.name, change, { missingOk: true, cascade: false })) : catalog
    case 'AT_DropConstraint':
      return below(dropInherited(catalog, child, before.tables.get(parent), cmd.name, change))
    default: {
      if (!SAME_FOR_CHILDREN.has(cmd.subtype)) return catalog
      if (cmd.subtype === 'AT_ValidateConstraint' && !table.constraints.some((c) => c.name === cmd.name)) return catalog
      return withChildren(catalog, child, cmd, change, true)
    }
  }
}

/** What a parent has got goes to a child: a column, a check, NOT NULL. What the child has itself stays its own. */
function fromParent(catalog: Catalog, child: TableName, parent: TableName, before: Catalog): Catalog {
  const [above, old] = [catalog.tables.get(parent), before.tables.get(parent)]
  const table = catalog.tables.get(child)
  if (!above || !table) return catalog
  const columns = above.columns.filter((c) => !column(old, c.name) && !column(table, c.name))
  const checks = above.constraints.filter(
    (c) => c.kind === 'check' && !c.noInherit && !old?.constraints.some((o) => o.name === c.name) && !table.constraints.some((o) => o.name === c.name),
  )
  const put = putTable(catalog, child, {
    ...table,
    columns: [...table.columns, ...columns.map(({ notNullConstraint: _, identity: __, ...c }): Column => ({ ...c, notNull: false, inherited: true }))],
    constraints: [...table.constraints, ...checks.map((c): Constraint => ({ ...c, inherited: true }))],
  })
  return above.columns.reduce((current, { name, notNullConstraint }) => {
    const isNew = notNullConstraint && !column(old, name)?.notNullConstraint && !notNullConstraint.noInherit
    return isNew ? setNotNull(current, child, name, notNullConstraint) : current
  }, put)
}

/** A check that came from the parent goes with it; so does the partition's part of a key or a foreign key. */
function dropInherited(catalog: Catalog, child: TableName, parent: Table | undefined, name: string, change: Change): Catalog {
  const gone = parent?.constraints.find((c) => c.name === name)
  const table = catalog.tables.get(child)
  const index = table?.indexes.find((i) => i.parent !== undefined && parent?.indexes.some((p) => p.name === i.parent && p.constraint === name))
  const same = table?.constraints.find((c) =>
    gone?.kind === 'foreign' ? c.kind === 'foreign' && c.inherited && c.columns.join() === gone.columns.join() : c.name === (index?.constraint ?? name) && c.inherited,
  )
  return same ? dropConstraint(catalog, child, same.name, change, { missingOk: true, cascade: false }) : catalog
}

function action(catalog: Catalog, key: TableName, cmd: PgNode, change: Change): Catalog {
  const [, def] = untag(cmd.def)
  const type = cmd.subtype as string
  switch (type) {
    case 'AT_AddColumn':
      return addColumn(catalog, key, cmd, def, change)
    case 'AT_DropColumn':
      return dropColumn(catalog, key, cmd.name, change, { missingOk: cmd.missing_ok === true, cascade: cmd.behavior === 'DROP_CASCADE' })
    case 'AT_AddConstraint':
      return addConstraint(catalog, key, def, change)
    case 'AT_AttachPartition':
      return attachPartition(catalog, key, def, change)
    case 'AT_DetachPartition':
    case 'AT_DetachPartitionFinalize':
      return detachPartition(catalog, def, change)
    case 'AT_AddInherit':
      return addParent(catalog, key, def)
    case 'AT_DropInherit':
      return dropParent(catalog, key, def)
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
      return putTable(catalog, key, persisted(catalog.tables.get(key) as Table, type === 'AT_SetUnLogged'))
    case 'AT_DropConstraint':
      return dropConstraint(catalog, key, cmd.name, change, {
        missingOk: cmd.missing_ok === true,
        cascade: cmd.behavior === 'DROP_CASCADE',
      })
    case 'AT_SetNotNull':
      return known(catalog, key, cmd.name, change) ?? setNotNull(catalog, key, cmd.name)
    case 'AT_DropNotNull':
      return known(catalog, key, cmd.name, change) ?? dropNotNull(catalog, key, cmd.name)
    case 'AT_AddIdentity':
      return known(catalog, key, cmd.name, change) ?? addIdentity(catalog, key, cmd.name, def)
    case 'AT_DropIdentity':
      return known(catalog, key, cmd.name, change) ?? dropIdentity(catalog, key, cmd.name)
    case 'AT_ValidateConstraint':
      if (columnOfNotNull(catalog, key, cmd.name)) return setNotNull(catalog, key, columnOfNotNull(catalog, key, cmd.name)?.name ?? '')
      return editConstraint(catalog, key, cmd.name, change, { validated: true })
    case 'AT_AlterConstraint':
      return alterConstraint(catalog, key, def, change)
    default:
      if (WITHOUT_EFFECT.has(type)) return catalog
      return columnAction(catalog, key, type, cmd, def, change) ?? mark(catalog, key, change, `the action ${type.slice(3)} is not followed`)
  }
}

function addColumn(catalog: Catalog, key: TableName, cmd: PgNode, def: PgNode, change: Change): Catalog {
  if (column(catalog.tables.get(key), def.colname)) {
    return cmd.missing_ok ? catalog : mark(catalog, key, change, `the column "${def.colname}" is added while it stands already`)
  }
  const read = addColumnDef(catalog, key, def, change)
  const rank = (node: PgNode): number => ['CONSTR_NOTNULL', 'CONSTR_CHECK', 'CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_FOREIGN'].indexOf(node.contype)
  const inOrder = read.constraints.toSorted((a, b) => rank(a) - rank(b))
  // A foreign key beside a new column is not checked against rows that all hold its default, yet PostgreSQL calls it validated.
  return inOrder.reduce<Catalog>((current, node) => addConstraint(current, key, node, change, true), read.catalog)
}

/** The mark for a column that is not known, or undefined where it is. */
function known(catalog: Catalog, key: TableName, name: string, change: Change): Catalog | undefined {
  return column(catalog.tables.get(key), name) ? undefined : mark(catalog, key, change, `the column "${name}" is not known`)
}

function persisted({ persistence: _, ...table }: Table, isUnlogged: boolean): Table {
  return { ...table, ...(isUnlogged && { persistence: 'unlogged' }) }
}

function addIdentity(catalog: Catalog, key: TableName, name: string, def: PgNode): Catalog {
  const table = catalog.tables.get(key) as Table
  const identity = def.generated_when === 'd' ? 'by default' : 'always'
  const columns = table.columns.map((c): Column => (c.name === name ? { ...c, identity } : c))
  const edited = putTable(catalog, key, { ...table, columns })
  const own = columns.find((c) => c.name === name)
  return own ? ownSequence(edited, key, identityName(catalog, table, def, name), own) : edited
}

function dropIdentity(catalog: Catalog, key: TableName, name: string): Catalog {
  const table = catalog.tables.get(key) as Table
  const sequence = identitySequence(catalog, key, name)
  const columns = table.columns.map((c): Column => {
    if (c.name !== name) return c
    const { identity: _, ...bare } = c
    return bare
  })
  const edited = putTable(catalog, key, { ...table, columns })
  return sequence === undefined ? edited : { ...edited, sequences: without(edited.sequences, sequence) }
}

/** The sequence of an identity column has the column's type. */
function identityTyped(catalog: Catalog, key: TableName, name: string): Catalog {
  const own = identitySequence(catalog, key, name)
  const sequence = own === undefined ? undefined : catalog.sequences.get(own)
  const type = column(catalog.tables.get(key), name)?.type
  if (own === undefined || !sequence || (type !== 'smallint' && type !== 'integer' && type !== 'bigint')) return catalog
  return { ...catalog, sequences: withEntry(catalog.sequences, own, { ...sequence, type }) }
}

function columnAction(catalog: Catalog, key: TableName, type: string, cmd: PgNode, def: PgNode, change: Change): Catalog | undefined {
  const edit = columnEdit(type, cmd, def, change)
  if (!edit) return undefined
  const name = cmd.name as string
  if (!column(catalog.tables.get(key), name)) return mark(catalog, key, change, `the column "${name}" is not known`)
  let doubt: string | undefined
  const edited = editTable(catalog, key, change, (table) => ({
    ...table,
    columns: table.columns.map((c) => {
      if (c.name !== name) return c
      const result = edit(c)
      if (typeof result !== 'string') return result
      doubt = result
      return c
    }),
  }))
  const typed = type === 'AT_AlterColumnType' ? identityTyped(edited, key, name) : edited
  return doubt === undefined ? typed : mark(typed, key, change, doubt)
}

/** What an action makes of a column, or of what it could not read; undefined where it is none of these actions. */
function columnEdit(type: string, cmd: PgNode, def: PgNode, change: Change): ((column: Column) => Column | string) | undefined {
  switch (type) {
    case 'AT_ColumnDefault':
      return (c) => setDefault(c, cmd.def, change)
    case 'AT_AlterColumnType':
      return (c) => setType(c, def)
    case 'AT_SetIdentity':
      return (c) => setIdentity(c, cmd.def)
    case 'AT_DropExpression':
      return ({ generated: _, ...c }) => c
    case 'AT_SetExpression':
      return (c) => setExpression(c, cmd.def, change)
    default:
      return undefined
  }
}

function setDefault(column: Column, node: PgNode | undefined, change: Change): Column | string {
  const { default: _, ...bare } = column
  if (!node) return bare
  const source = sourceOf(change.statement)
  const text = expressionFrom(source, find(source, 'DEFAULT', find(source, 'SET')) + 1, node)
  return text === undefined ? `the default of "${column.name}" could not be read` : withDefault(column, text, node)
}

function setType(column: Column, def: PgNode): Column | string {
  if (serialType(def.typeName)) return `the type of "${column.name}" is changed to a serial, which PostgreSQL does not do`
  const { collation: _, ...bare } = column
  const collation = collationOf(def)
  const type = typeName(def.typeName)
  return { ...bare, type, ...keptDefault(column, type), ...(collation !== undefined && { collation }) }
}

/** A default stays a value of the old type, cast to the new one: of a type of the user it keeps hold. */
function keptDefault(column: Column, type: TypeName): Pick<Column, 'default'> {
  const isUsers = elementType(column.type).includes('.')
  return column.default !== undefined && isUsers && type !== column.type ? { default: `(${column.default})::${column.type}` } : {}
}

function setIdentity(column: Column, options: PgNode): Column {
  const kind = ((options.List?.items ?? []) as PgNode[]).find((o) => o.DefElem?.defname === 'generated')?.DefElem.arg?.Integer?.ival
  if (kind === undefined) return column
  return { ...column, identity: String.fromCharCode(kind) === 'd' ? 'by default' : 'always' }
}

function setExpression(column: Column, node: PgNode, change: Change): Column | string {
  const expression = parenthesised(sourceOf(change.statement), 'AS', 0, node)
  if (expression === undefined || !column.generated) return `the expression of "${column.name}" could not be read`
  return { ...column, generated: { ...column.generated, expression } }
}

function editConstraint(
  catalog: Catalog,
  key: TableName,
  name: string,
  change: Change,
  edit: ConstraintEdit,
): Catalog {
  const table = catalog.tables.get(key) as Table
  if (!table.constraints.some((c) => c.name === name)) return mark(catalog, key, change, `the constraint "${name}" is not known`)
  return putTable(catalog, key, { ...table, constraints: table.constraints.map((c) => (c.name === name ? amended(c, edit) : c)) })
}

interface ConstraintEdit {
  readonly validated?: boolean
  readonly deferrable?: boolean
  readonly initiallyDeferred?: boolean
  readonly notEnforced?: boolean
}

function amended(constraint: Constraint, edit: ConstraintEdit): Constraint {
  const { deferrable, initiallyDeferred, notEnforced, validated, ...bare } = { ...constraint, ...edit }
  return {
    ...bare,
    validated: validated ?? true,
    ...(deferrable && { deferrable: true }),
    ...(initiallyDeferred && { initiallyDeferred: true }),
    ...(notEnforced && { notEnforced: true }),
  }
}

/** ALTER CONSTRAINT: deferrability of foreign keys; from version 18 on whether they are enforced, which validates them, and whether NOT NULL is inherited. */
function alterConstraint(catalog: Catalog, key: TableName, def: PgNode, change: Change): Catalog {
  const notNull = columnOfNotNull(catalog, key, def.conname)
  if (notNull && def.alterInheritability === true) return inheritNotNull(catalog, key, notNull, def.noinherit === true)
  const edits: ConstraintEdit = {
    ...(def.alterDeferrability === true && { deferrable: def.deferrable === true, initiallyDeferred: def.initdeferred === true }),
    ...(def.alterEnforceability === true && { notEnforced: def.is_enforced !== true, validated: def.is_enforced === true }),
  }
  if (Object.keys(edits).length === 0) return mark(catalog, key, change, 'this kind of ALTER CONSTRAINT is not followed')
  return editConstraint(catalog, key, def.conname, change, edits)
}

function inheritNotNull(catalog: Catalog, key: TableName, of: Column, isNot: boolean): Catalog {
  const table = catalog.tables.get(key) as Table
  const columns = table.columns.map((c): Column => {
    if (c.name !== of.name || !c.notNullConstraint) return c
    const { noInherit: _, ...constraint } = c.notNullConstraint
    return { ...c, notNullConstraint: { ...constraint, ...(isNot && { noInherit: true }) } }
  })
  return putTable(catalog, key, { ...table, columns })
}
