import { splitType, type TypeName } from '@expand-contract/core'
import { valueEntry } from './names.ts'
import type { Work } from './restage.ts'
import { addBlock, addEntry, homeFile, type Placed, removeBlock, removeLines, type Splice, unnote } from './splice.ts'

/** Enums and their values. */
export function enumEdits(work: Work): Splice[] {
  const types = new Set([...work.is.enums.keys(), ...work.wanted.enums.keys()])
  return [...types].flatMap((type) => {
    const placed = work.names.enums.get(type)
    const labels = work.wanted.enums.get(type)
    if (placed) return labels ? valueEdits(placed, type, work) : [removeBlock(placed)]
    return labels && !work.is.enums.has(type) ? newEnum(type, labels, work) : []
  })
}

function valueEdits(placed: Placed, type: TypeName, { is, wanted, shows, names, note }: Work): Splice[] {
  const [before, after] = [is.enums.get(type) ?? [], wanted.enums.get(type) ?? []]
  const gone = before.filter((label) => !after.includes(label)).map((label) => valueEntry(placed, label))
  const come = after.filter((label) => !before.includes(label))
  const stays = shows?.enums.get(type)
  const back = stays
    ? after.filter((label) => before.includes(label) && !stays.includes(label)).map((label) => valueEntry(placed, label))
    : []
  return [
    ...gone.flatMap((entry) => (entry ? [removeLines(placed, entry)] : [])),
    ...back.flatMap((entry) => (entry ? unnote(placed, entry) : [])),
    ...come.map((label) => addEntry(placed, { name: valueText(type, label, names), rest: shows ? '' : `// ${note}` })),
  ]
}

function newEnum(type: TypeName, labels: readonly string[], { files, names, note }: Work): Splice[] {
  const home = homeFile(files)
  const [schema, table] = splitType(type)
  const name = names.enum(type) ?? ''
  const lines = [
    `// ${note}`,
    ...labels.map((label) => valueText(type, label, names)),
    ...(name === table ? [] : [`@@map(${JSON.stringify(table)})`]),
    ...(names.multiSchema ? [`@@schema(${JSON.stringify(schema)})`] : []),
  ]
  return home ? [addBlock(home, `enum ${name}`, lines)] : []
}

function valueText(type: TypeName, label: string, names: Work['names']): string {
  const name = names.value(type, label)
  return name === label ? name : `${name} @map(${JSON.stringify(label)})`
}
