import type { ReferentialAction } from '@expand-contract/core'
import { type Attribute, argumentsOf, type Entry, listed } from '../psl.ts'
import { nameOf, renameAttribute, setArgument } from './attributes.ts'
import type { SeenForeignKey } from './keys.ts'
import { baseOf, type Names } from './names.ts'
import { type Placed, removeInline, removeLines, type Splice, unnote } from './splice.ts'

/** A new field of a model. */
export interface NewField {
  readonly name: string
  readonly rest: string
}

/** Both ends of a relation. */
interface Ends {
  readonly owner: Placed
  readonly entry: Entry
  readonly attribute: Attribute
  readonly back?: { readonly model: Placed; readonly entry: Entry }
}

const ACTIONS: Readonly<Record<ReferentialAction, string>> = {
  'no action': 'NoAction',
  restrict: 'Restrict',
  cascade: 'Cascade',
  'set null': 'SetNull',
  'set default': 'SetDefault',
}

/** The fields that say a foreign key: the one beside its columns, and the list at its other end. */
export function relationFields(key: SeenForeignKey, names: Names): { readonly own: NewField; readonly back: NewField } {
  const [owner, target] = [names.model(key.table), names.model(key.to)]
  const relation = JSON.stringify(key.name)
  const args = [
    relation,
    `fields: [${key.columns.map((c) => names.field(key.table, c)).join(', ')}]`,
    `references: [${key.toColumns.map((c) => names.field(key.to, c)).join(', ')}]`,
    `onDelete: ${ACTIONS[key.onDelete]}`,
    `onUpdate: ${ACTIONS[key.onUpdate]}`,
    ...(key.isDefault ? [] : [`map: ${JSON.stringify(key.name)}`]),
  ]
  const [first = ''] = key.columns
  const short = first.replace(/(?<=.)_?id$/i, '')
  const ownName = names.fresh(key.table, short === first ? `${first}_${target}` : short)
  return {
    own: { name: ownName, rest: `${target}${key.optional ? '?' : ''} @relation(${args.join(', ')})` },
    back: { name: names.fresh(key.to, `${owner}_${ownName}`), rest: `${owner}[] @relation(${relation})` },
  }
}

/** Where the schema says this foreign key. */
export function findRelation(key: SeenForeignKey, names: Names): Ends | undefined {
  const owner = names.models.get(key.table)
  const target = names.models.get(key.to)
  if (!owner || !target) return undefined
  const wanted = key.columns.map((c) => names.field(key.table, c)).join(' ')
  const all = owner.block.entries.flatMap((entry): Ends[] => {
    const attribute = entry.attributes.find((a) => a.name === 'relation')
    if (!attribute || baseOf(entry) !== target.block.name) return []
    const fields = argumentsOf(owner.source, attribute).find((a) => a.name === 'fields')
    return fields && listed(fields.written).join(' ') === wanted ? [{ owner, entry, attribute }] : []
  })
  const mapOf = ({ attribute }: Ends): string | undefined => nameOf(owner.source, attribute)
  const found = all.find((e) => mapOf(e) === key.name) ?? (key.isDefault ? all.find((e) => mapOf(e) === undefined) : all[0])
  if (!found) return undefined
  const relation = relationName(owner, found.attribute)
  const back = target.block.entries.find((e) => {
    if (e === found.entry || baseOf(e) !== owner.block.name) return false
    const attribute = e.attributes.find((a) => a.name === 'relation')
    const isOwner = attribute && argumentsOf(target.source, attribute).some((a) => a.name === 'fields')
    return !isOwner && (attribute ? relationName(target, attribute) : undefined) === relation
  })
  return back ? { ...found, back: { model: target, entry: back } } : found
}

function relationName({ source }: Placed, attribute: Attribute): string | undefined {
  const args = argumentsOf(source, attribute)
  const name = args.find((a) => a.name === 'name') ?? args.find((a) => a.name === undefined)
  return name && (JSON.parse(name.written) as string)
}

/** Makes the relation say another foreign key over the same columns: its name and what it does. What Prisma takes by itself is not said. */
export function changeRelation({ owner, attribute }: Ends, from: SeenForeignKey, to: SeenForeignKey): Splice[] {
  const splices: Splice[] = []
  if (from.name !== to.name) splices.push(...renameAttribute(owner, attribute, to.isDefault ? undefined : to.name))
  for (const event of ['onDelete', 'onUpdate'] as const) {
    if (said(event, from) !== said(event, to)) splices.push(...setArgument(owner, attribute, event, said(event, to)))
  }
  return splices
}

/** A relation may be missing where one of its columns may be NULL, and only there, whether or not the database has a foreign key for it. */
export function relationOptional(owner: Placed, wasOptional: (field: string) => boolean, isOptional: (field: string) => boolean): Splice[] {
  return owner.block.entries.flatMap((entry): Splice[] => {
    const attribute = entry.attributes.find((a) => a.name === 'relation')
    const fields = attribute && argumentsOf(owner.source, attribute).find((a) => a.name === 'fields')
    const names = fields ? listed(fields.written) : []
    const [before, after] = [names.some(wasOptional), names.some(isOptional)]
    if (!entry.type || before === after) return []
    const { start, end } = entry.type
    return [{ file: owner.file, start, end, text: `${baseOf(entry)}${after ? '?' : ''}` }]
  })
}

/** The action as it must be written, or undefined where it is the one that Prisma takes by itself. */
function said(event: 'onDelete' | 'onUpdate', key: SeenForeignKey): string | undefined {
  const usual: ReferentialAction = event === 'onUpdate' ? 'cascade' : key.optional ? 'set null' : 'restrict'
  return key[event] === usual ? undefined : ACTIONS[key[event]]
}

/** Takes both ends away. */
export function removeRelation({ owner, entry, back }: Ends): Splice[] {
  return [removeLines(owner, entry), ...(back ? [removeLines(back.model, back.entry)] : [])]
}

/** Lets the client see both ends again. */
export function unignoreRelation({ owner, entry, back }: Ends): Splice[] {
  return [...unignored(owner, entry), ...(back ? unignored(back.model, back.entry) : [])]
}

/** Takes `@ignore` off a field, and the note that it leaves. */
export function unignored(placed: Placed, entry: Entry): Splice[] {
  return [...entry.attributes.filter((a) => a.name === 'ignore').map((a) => removeInline(placed, a)), ...unnote(placed, entry)]
}
