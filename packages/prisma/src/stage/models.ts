import { column as columnIn, displayTable, type Table, type TableName } from '@expand-contract/core'
import { addToField, blockAttribute, fieldAttribute, findIndex, removeAttribute, renameAttribute } from './attributes.ts'
import { changeField, fieldText, seenColumn } from './columns.ts'
import { changesOf, type SeenIndex, seenIndexes } from './keys.ts'
import { fieldEntry, splitTable } from './names.ts'
import { type NewField, relationOptional, unignored } from './relations.ts'
import type { Work } from './restage.ts'
import { addAttribute, addBlock, addEntry, homeFile, type Placed, removeBlock, removeLines, type Splice } from './splice.ts'

/** Models: their fields, keys and indexes. `relations` are new fields of relations by table. */
export function tableEdits(work: Work, relations: ReadonlyMap<TableName, readonly NewField[]>): Splice[] {
  const keys = new Set([...work.is.tables.keys(), ...work.wanted.tables.keys()])
  return [...keys].flatMap((key) => {
    const [before, after] = [work.is.tables.get(key), work.wanted.tables.get(key)]
    const placed = work.names.models.get(key)
    const fields = relations.get(key) ?? []
    if (!after && !placed) work.leave(`The schema has no model for ${displayTable(key)}, which is still in the database.`)
    if (!after) return placed ? [removeBlock(placed)] : []
    if (!before) return placed ? [] : newModel(key, after, fields, work)
    if (!placed) return unknown(key, before, after, work)
    const back = work.shows && !work.shows.tables.has(key) ? shown(placed) : []
    return [...columnEdits(placed, { key, before, after }, fields, work), ...indexEdits(placed, { key, before, after }, work), ...back]
  })
}

interface Both {
  readonly key: TableName
  readonly before: Table
  readonly after: Table
}

/** Prisma makes the tables of its implicit relations without a model: what differs there can't be said. */
function unknown(key: TableName, before: Table, after: Table, work: Work): Splice[] {
  const { gone, come, renamed } = changesOf(seenIndexes(key, before), seenIndexes(key, after), indexText)
  const changed = [...gone, ...come, ...renamed.map((r) => r.to)].map((i) => i.name)
  const columns = before.columns.length !== after.columns.length
  if (changed.length > 0 || columns)
    work.leave(`${displayTable(key)} has no model in the schema, so ${changed.join(', ') || 'its columns'} can't be told to Prisma.`)
  return []
}

function columnEdits(placed: Placed, { key, before, after }: Both, relations: readonly NewField[], work: Work): Splice[] {
  const { names, is, wanted, shows } = work
  // What Prisma can't read at all it hides by itself, and does not allow to be hidden.
  const hidden = (rest: string): string => (shows ? '' : `${rest.startsWith('Unsupported(') ? '' : ' @ignore'} // ${work.note}`)
  const unique = newUniques(key, before, after)
  const changed = before.columns.flatMap((old) => {
    const entry = fieldEntry(placed, old.name, names.models)
    const now = columnIn(after, old.name)
    if (!now && !entry) work.leave(`The schema has no field for ${displayTable(key)}.${old.name}, which is still in the database.`)
    if (!entry) return []
    if (!now) return [removeLines(placed, entry)]
    const isBack = shows?.tables.has(key) && !columnIn(shows.tables.get(key), old.name)
    return [
      ...changeField(placed, entry, seenColumn(old, is, names), seenColumn(now, wanted, names)),
      ...(isBack ? unignored(placed, entry) : []),
    ]
  })
  const come = after.columns
    .filter((now) => !columnIn(before, now.name) && !fieldEntry(placed, now.name, names.models))
    .map((now) => {
      const name = names.field(key, now.name)
      const attribute = unique.get(now.name) && fieldAttribute(unique.get(now.name) as SeenIndex)
      return { name, rest: fieldText(now.name, seenColumn(now, wanted, names), name, attribute ? [attribute] : []) }
    })
  const optionalIn =
    ({ columns }: Table, other: Table) =>
    (field: string) =>
      columns.some((c) => !c.notNull && columnIn(other, c.name) && names.field(key, c.name) === field)
  const relationTypes = relationOptional(placed, optionalIn(before, after), optionalIn(after, before))
  return [
    ...changed,
    ...relationTypes,
    ...[...come, ...relations].map(({ name, rest }) => addEntry(placed, { name, rest: `${rest}${hidden(rest)}` })),
  ]
}

/** Unique keys of new columns that stand at their fields. */
function newUniques(key: TableName, before: Table, after: Table): Map<string, SeenIndex> {
  const found = new Map<string, SeenIndex>()
  for (const index of seenIndexes(key, after)) {
    const [column = ''] = index.columns
    if (fieldAttribute(index) && !columnIn(before, column) && !found.has(column)) found.set(column, index)
  }
  return found
}

function indexEdits(placed: Placed, { key, before, after }: Both, { names, leave }: Work): Splice[] {
  const field = (column: string): string => names.field(key, column)
  const changes = changesOf(seenIndexes(key, before), seenIndexes(key, after), indexText)
  const atFields = newUniques(key, before, after)
  const gone = changes.gone.flatMap((index) => {
    const stands = findIndex(placed, index, field)
    const isGone = stands?.at === 'field' && !columnIn(after, index.columns[0] ?? '')
    return stands && !isGone ? [removeAttribute(placed, stands)] : []
  })
  const renamed = changes.renamed.flatMap(({ from, to }) => {
    const stands = findIndex(placed, from, field)
    if (!stands) leave(`The schema does not say ${from.name}, which is called ${to.name} in the database.`)
    return stands ? renameAttribute(placed, stands.attribute, to.isDefault ? undefined : to.name) : []
  })
  const come = changes.come
    .filter((index) => atFields.get(index.columns[0] ?? '')?.name !== index.name)
    .map((index) => {
      const attribute = fieldAttribute(index)
      const entry = attribute ? fieldEntry(placed, index.columns[0] ?? '', names.models) : undefined
      const isFree = entry && !entry.attributes.some((a) => a.name === index.kind)
      return attribute && isFree ? addToField(placed, entry, attribute) : addAttribute(placed, blockAttribute(index, field))
    })
  return [...gone, ...renamed, ...come]
}

/** All of an index but its name. */
function indexText({ kind, columns, options, type }: SeenIndex): string {
  return JSON.stringify([kind, columns, options, type])
}

function newModel(key: TableName, table: Table, relations: readonly NewField[], { wanted, names, files, note, shows }: Work): Splice[] {
  const home = homeFile(files)
  if (!home) return []
  const field = (column: string): string => names.field(key, column)
  const indexes = seenIndexes(key, table)
  // One of each kind at a field.
  const own = indexes.filter(
    (i, at) =>
      fieldAttribute(i) && indexes.findIndex((o) => o.kind === i.kind && fieldAttribute(o) && o.columns[0] === i.columns[0]) === at,
  )
  const fields = table.columns.map((column): NewField => {
    const name = field(column.name)
    const attributes = own.filter((i) => i.columns[0] === column.name).map((i) => fieldAttribute(i) ?? '')
    return { name, rest: fieldText(column.name, seenColumn(column, wanted, names), name, attributes) }
  })
  const all = [...fields, ...relations]
  const width = Math.max(...all.map((f) => f.name.length)) + 1
  const { schema, name } = splitTable(key)
  const model = names.model(key)
  const lines = [
    ...(shows ? [] : [`// ${note}`]),
    ...all.map((f) => f.name.padEnd(width) + f.rest),
    ...indexes.filter((i) => !own.includes(i)).map((i) => blockAttribute(i, field)),
    ...(model === name ? [] : [`@@map(${JSON.stringify(name)})`]),
    ...(names.multiSchema ? [`@@schema(${JSON.stringify(schema)})`] : []),
    ...(shows ? [] : ['@@ignore']),
  ]
  return [addBlock(home, `model ${model}`, lines)]
}

/** The client sees the model again. */
function shown(placed: Placed): Splice[] {
  const { block, source, file } = placed
  const open = source.indexOf('{', block.start) + 1
  const first = block.entries[0]?.start ?? open
  const comment = source.slice(open, first)
  const ignore = block.attributes.filter((a) => a.name === 'ignore').map((a) => removeLines(placed, a))
  const isNote = /^\s*\/\/ leaves with the contract of [^\n]*\n\s*$/.test(comment)
  const end = open + comment.trimEnd().length
  return isNote ? [{ file, start: open, end, text: '' }, ...ignore] : ignore
}
