import { readFileSync } from 'node:fs'
import type { Catalog, Table } from '@expand-contract/core'
import { objectName, replayHistory } from '@expand-contract/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SchemaFile } from '../../packages/prisma/src/schema.ts'
import { restage } from '../../packages/prisma/src/stage/restage.ts'
import { type CorpusHistory, corpusArchive, corpusSkipped, histories, unpackCorpus } from '../support/corpus.ts'

const note = 'leaves with the contract of some_plan'

describe.skipIf(!corpusArchive)(`schemas of real projects${corpusSkipped}`, () => {
  let all: CorpusHistory[] = []
  let remove = (): void => {}
  beforeAll(async () => {
    const unpacked = unpackCorpus()
    remove = unpacked.remove
    all = (await histories(unpacked.folder)).filter(({ adapter, history }) => adapter.id === 'prisma' && history.layout.schema.length > 0)
  })
  afterAll(() => remove())

  it('are staged with all that ever left them, read by Prisma, and released byte for byte', async () => {
    const count = { schemas: 0, lines: 0 }
    for (const { name, history } of all) {
      const files = history.layout.schema.map((file): SchemaFile => [file, readFileSync(file, 'utf8')])
      const replayed = replayHistory(history.migrations)
      const is = replayed.at(-1)?.after as Catalog
      const wanted = replayed.map((r) => r.after).reduceRight(withLeft)
      let staged: Awaited<ReturnType<typeof restage>>
      try {
        staged = await restage(files, { is, wanted, note })
      } catch (e) {
        console.log('BAD', name, (e as Error).message)
        continue
      }
      const lines = (list: readonly SchemaFile[]): number => list.reduce((n, [, text]) => n + text.split('\n').length, 0)
      console.log(name, lines(staged.files) - lines(files), staged.unsaid.length, staged.unsaid.slice(0, 2))
      count.schemas++
      count.lines += lines(staged.files) - lines(files)
      const released = await restage(staged.files, { is: wanted, wanted: is, note })
      expect.soft(Object.fromEntries(released.files), name).toEqual(Object.fromEntries(files))
    }
    console.log(`schemas of real projects: ${JSON.stringify(count)}`)
  })
})

/** A later schema with what an earlier one has more. Names of keys and indexes are made new, for what was renamed has kept them. */
function withLeft(later: Catalog, earlier: Catalog): Catalog {
  const tables = new Map(later.tables)
  for (const [key, old] of earlier.tables) {
    if (later.views.has(key)) continue
    const now = tables.get(key)
    tables.set(key, withColumns(now ?? { ...old, columns: [], constraints: [], indexes: [] }, old))
  }
  const enums = new Map(later.enums)
  for (const [type, old] of earlier.enums) {
    const now = enums.get(type) ?? []
    enums.set(type, [...now, ...old.filter((label) => !now.includes(label))])
  }
  return { ...later, tables, enums }
}

function withColumns(now: Table, old: Table): Table {
  const left = old.columns.filter((c) => !now.columns.some((other) => other.name === c.name))
  const isWhole = now.columns.length === 0
  const isNew = (columns: readonly string[]): boolean => columns.some((c) => left.some((l) => l.name === c))
  const named = (name: string): string => objectName('left', old.name, name)
  const keys = old.constraints
    .filter((c) => isWhole || (c.kind === 'foreign' && isNew(c.columns)))
    .map((c) => ({ ...c, name: named(c.name) }))
  const indexes = old.indexes
    .filter((i) => isWhole || !now.indexes.some((o) => keysOf(o) === keysOf(i)))
    .filter((i) => isWhole || i.constraint === undefined || !old.constraints.some((c) => c.kind === 'primary' && c.name === i.constraint))
    .map((i) => ({ ...i, name: named(i.name), ...(i.constraint !== undefined && { constraint: named(i.constraint) }) }))
  return { ...now, columns: [...now.columns, ...left], constraints: [...now.constraints, ...keys], indexes: [...now.indexes, ...indexes] }
}

function keysOf({ keys, unique }: Table['indexes'][number]): string {
  return JSON.stringify([keys.map((k) => k.column), unique])
}
