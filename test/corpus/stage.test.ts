import { readFileSync } from 'node:fs'
import { type Catalog, type FileEdit, type Layout, objectName, type Restaged, replayHistory, type Table } from '@expand-contract/core'
import { prisma } from '@expand-contract/prisma'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CorpusHistory, corpusArchive, corpusSkipped, histories, unpackCorpus } from '../support/corpus.ts'

describe.skipIf(!corpusArchive)(`schemas of real projects${corpusSkipped}`, () => {
  let all: CorpusHistory[] = []
  let remove = (): void => {}
  beforeAll(async () => {
    const unpacked = unpackCorpus()
    remove = unpacked.remove
    all = (await histories(unpacked.folder)).filter(({ adapter, history }) => adapter.id === 'prisma' && history.layout.schema.length > 0)
  })
  afterAll(() => remove())

  it('are staged with all that ever left them, as Prisma reads it, and released byte for byte', { timeout: 600_000 }, async () => {
    const count = { schemas: 0, staged: 0, lines: 0 }
    for (const { name, history } of all) {
      const { layout } = history
      const replayed = replayHistory(history.migrations)
      const is = replayed.at(-1)?.after as Catalog
      // A dozen moments of the history.
      const moments = replayed.filter((_, i) => i % Math.ceil(replayed.length / 12) === 0).map((r) => r.after)
      const wanted = withNulls([...moments, is].reduceRight(withLeft))
      const staged = await restage(layout, is, wanted, [])
      const released = await restage(layout, wanted, is, staged.edits)
      const texts = (edits: readonly FileEdit[]) =>
        layout.schema.map((file) => edits.find((e) => e.path === file)?.content ?? readFileSync(file, 'utf8'))
      expect(texts([...released.edits, ...staged.edits]).join(), name).toBe(texts([]).join())
      count.schemas++
      if (staged.unsaid.length > 0) console.log(`${name}: ${staged.unsaid.join(' ')}`)
      else count.staged++
      count.lines += lines(texts(staged.edits)) - lines(texts([]))
    }
    console.log(`schemas of real projects: ${JSON.stringify(count)}`)
    expect(count.schemas).toBeGreaterThanOrEqual(24)
    expect(count.staged).toBeGreaterThanOrEqual(count.schemas - 3)
    expect(count.lines).toBeGreaterThan(3_000)
  })
})

function restage(layout: Layout, is: Catalog, wanted: Catalog, edits: readonly FileEdit[]): Promise<Restaged> {
  if (!prisma.restage) throw new Error('Prisma stages its schema')
  return prisma.restage(layout, { is, wanted, plan: 'some_plan' }, edits)
}

function lines(texts: readonly string[]): number {
  return texts.join('\n').split('\n').length
}

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
  const isPrimary = (name: string | undefined): boolean => old.constraints.some((c) => c.kind === 'primary' && c.name === name)
  const keys = old.constraints
    .filter((c) => isWhole || (c.kind === 'foreign' && isNew(c.columns)))
    .map((c) => ({ ...c, name: named(c.name) }))
  const indexes = old.indexes
    .filter((i) => isWhole || (!isPrimary(i.constraint) && !now.indexes.some((o) => columnsOf(o) === columnsOf(i))))
    .map((i) => ({ ...i, name: named(i.name), ...(i.constraint !== undefined && { constraint: named(i.constraint) }) }))
  return { ...now, columns: [...now.columns, ...left], constraints: [...now.constraints, ...keys], indexes: [...now.indexes, ...indexes] }
}

function columnsOf({ keys, unique }: Table['indexes'][number]): string {
  return JSON.stringify([keys.map((k) => k.column), unique])
}

/** Every other required column may be NULL, as while its NOT NULL is held; not those of keys. */
function withNulls(catalog: Catalog): Catalog {
  const tables = [...catalog.tables].map(([key, table]): [string, Table] => {
    const inKeys = new Set([
      ...table.indexes.filter((i) => i.unique).flatMap((i) => i.keys.map((k) => k.column)),
      ...table.constraints.filter((c) => c.kind !== 'check').flatMap((c) => c.columns),
    ])
    return [key, { ...table, columns: table.columns.map((c, i) => (i % 2 === 0 || inKeys.has(c.name) ? c : { ...c, notNull: false })) }]
  })
  return { ...catalog, tables: new Map(tables) }
}
