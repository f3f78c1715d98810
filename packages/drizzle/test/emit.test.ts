import path from 'node:path'
import { type FileEdit, type Layout, type Plan, UserError } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { drizzle } from '../src/index.ts'
import { folderWith, journal, snapshot } from './support/folder.ts'
import { alone, ddl, planOf } from './support/plan.ts'

const SQL = 'ALTER TABLE "users" ADD COLUMN "a" text;--> statement-breakpoint\nCREATE INDEX "i" ON "users" ("a");'
const ZERO = '00000000-0000-0000-0000-000000000000'
const [FIRST, SECOND] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const ADD = ddl('01-add-a', ['ALTER TABLE "users" ADD COLUMN "a" text'])
const INDEX = alone('02-create-index', 'CREATE INDEX CONCURRENTLY "i" ON "users" ("a")', 'DROP INDEX CONCURRENTLY "i"')

const journalFiles = (tags: readonly string[] = ['0000_init', '0001_change']): Record<string, string> => ({
  'drizzle/meta/_journal.json': journal(tags),
  'drizzle/meta/0000_snapshot.json': snapshot(FIRST, ZERO, { 'public.users': { columns: {} } }),
  'drizzle/meta/0001_snapshot.json': snapshot(SECOND, FIRST, { 'public.users': { columns: { a: {} } } }),
  ...Object.fromEntries(tags.map((tag) => [`drizzle/${tag}.sql`, SQL])),
})

const v1Files = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => [
      [`drizzle/${name}/migration.sql`, SQL],
      [`drizzle/${name}/snapshot.json`, `{"version":"9","dialect":"postgres","id":"${name}","deltas":[]}`],
    ]),
  )

/** What the edits are, by path from the project's root. */
async function emit(files: Readonly<Record<string, string>>, plan: Plan): Promise<Record<string, string | null>> {
  const dir = await folderWith(files)
  const history = await drizzle.read((await drizzle.find(path.join(dir, 'drizzle'))) as Layout)
  const edits = await drizzle.emit(plan, history)
  return Object.fromEntries(edits.map(({ path: file, content }: FileEdit) => [path.relative(dir, file), content]))
}

describe('0.3x', () => {
  it('gives each step a file, an entry a second later and a snapshot that says where the schema stands', async () => {
    const edits = await emit(journalFiles(), planOf('0001_change', SQL, [ADD, INDEX]))
    expect(Object.entries(edits).map(([file, content]) => (content === null ? `- ${file}` : file))).toEqual([
      'drizzle/0001_change_01_add_a.sql',
      'drizzle/0002_change_02_create_index.sql',
      'drizzle/meta/_journal.json',
      'drizzle/meta/0001_snapshot.json',
      'drizzle/meta/0002_snapshot.json',
      '- drizzle/0001_change.sql',
      'expand-contract/0001_change/plan.json',
      'expand-contract/0001_change/original.sql',
      'expand-contract/0001_change/undo/01-create-index.sql',
      'expand-contract/0001_change/snapshot.json',
    ])
    const { entries } = JSON.parse(edits['drizzle/meta/_journal.json'] ?? '') as { entries: { when: number }[] }
    const when = entries[1]?.when ?? 0
    expect(entries.slice(1)).toEqual([
      { idx: 1, version: '7', when, tag: '0001_change_01_add_a', breakpoints: true },
      { idx: 2, version: '7', when: when + 1000, tag: '0002_change_02_create_index', breakpoints: true },
    ])
    const between = JSON.parse(edits['drizzle/meta/0001_snapshot.json'] ?? '') as { id: string }
    expect(between).toMatchObject({ prevId: FIRST, tables: { 'public.users': { columns: {} } } })
    expect(between.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
    const original = journalFiles()['drizzle/meta/0001_snapshot.json'] ?? ''
    expect(edits['drizzle/meta/0002_snapshot.json']).toBe(original.replace(FIRST, between.id))
  })

  it('cuts statements for the migrator, and guards each file of a plan that can’t share a transaction', async () => {
    const edits = await emit(journalFiles(), planOf('0001_change', SQL, [ADD, INDEX]))
    const chunks = (file: string): string[] => (edits[file] ?? '').split('--> statement-breakpoint')
    const [guard, timeout, add, ...none] = chunks('drizzle/0001_change_01_add_a.sql')
    expect(guard).toMatch(
      /^-- expand-contract 0001_change, step 01-add-a\n.*DO \$\$.*RAISE EXCEPTION.*npx expand-contract deploy.*\$\$;\n$/s,
    )
    expect([timeout, add, none]).toEqual(["\nSET LOCAL lock_timeout = '2000ms';\n", '\nALTER TABLE "users" ADD COLUMN "a" text;\n', []])
    const second = chunks('drizzle/0002_change_02_create_index.sql')
    expect(second).toHaveLength(2)
    expect(second[1]).toBe('\nCREATE INDEX CONCURRENTLY "i" ON "users" ("a");\n')
  })

  it('leaves name, journal and snapshot as they are for a single step, which any migrator may run', async () => {
    const edits = await emit(journalFiles(), planOf('0001_change', SQL, [ADD]))
    expect(Object.keys(edits).filter((file) => file.startsWith('drizzle'))).toEqual(['drizzle/0001_change.sql'])
    expect(edits['drizzle/0001_change.sql']).not.toMatch(/RAISE/)
    const guarded = await emit(journalFiles(), planOf('0001_change', SQL, [INDEX]))
    expect(guarded['drizzle/0001_change.sql']).toMatch(/RAISE EXCEPTION/)
  })

  it('keeps the migration, empty, where all of it is held', async () => {
    const edits = await emit(journalFiles(), planOf('0001_change', SQL, [], [ddl('01-drop-a', ['ALTER TABLE "users" DROP COLUMN "a"'])]))
    expect(edits['drizzle/0001_change.sql']).toMatch(/^(-- .*\n)+$/)
    expect(Object.keys(edits)).not.toContain('drizzle/meta/_journal.json')
    expect(edits['expand-contract/0001_change/contract/01-drop-a.sql']).toMatch(
      /BEGIN;\nSET LOCAL lock_timeout.*DROP COLUMN "a";\nCOMMIT;\n$/s,
    )
  })

  it('goes on where the parent snapshot is not kept, and keeps a formatter’s layout', async () => {
    const { 'drizzle/meta/0000_snapshot.json': _, ...files } = journalFiles()
    const pretty = `${JSON.stringify(JSON.parse(journal(['0000_init', '0001_change'], 'postgresql', false)), null, '\t')}\n`
    const edits = await emit({ ...files, 'drizzle/meta/_journal.json': pretty }, planOf('0001_change', SQL, [ADD, INDEX]))
    expect(edits['drizzle/meta/0001_snapshot.json']).toBeNull()
    expect(edits['drizzle/meta/0002_snapshot.json']).toBe(files['drizzle/meta/0001_snapshot.json'])
    const written = edits['drizzle/meta/_journal.json'] ?? ''
    expect(written.startsWith(pretty.slice(0, pretty.indexOf('"when"', pretty.indexOf('"idx": 1'))))).toBe(true)
    expect(written.endsWith('}\n')).toBe(true)
    expect(written.split('"breakpoints": false')).toHaveLength(4)
  })

  it('refuses where a later migration builds on it', async () => {
    const files = { ...journalFiles(['0000_init', '0001_change', '0002_next']) }
    await expect(emit(files, planOf('0001_change', SQL, [ADD, INDEX]))).rejects.toThrow(
      /followed by 0002_next.*drizzle-kit drop.*rewrite 0001_change/s,
    )
  })
})

describe('v1', () => {
  const CHANGE = '20260102000000_change'

  it('gives each step a folder a second later, and the snapshot, byte for byte, to the last', async () => {
    const files = v1Files(['20260101000000_init', CHANGE, '20260102000002_next'])
    const edits = await emit(files, planOf(CHANGE, SQL, [ADD, INDEX]))
    expect(Object.entries(edits).map(([file, content]) => (content === null ? `- ${file}` : file))).toEqual([
      `drizzle/${CHANGE}_01_add_a/migration.sql`,
      'drizzle/20260102000001_change_02_create_index/migration.sql',
      'drizzle/20260102000001_change_02_create_index/snapshot.json',
      `- drizzle/${CHANGE}/snapshot.json`,
      `- drizzle/${CHANGE}/migration.sql`,
      `expand-contract/${CHANGE}/plan.json`,
      `expand-contract/${CHANGE}/original.sql`,
      `expand-contract/${CHANGE}/undo/01-create-index.sql`,
      `expand-contract/${CHANGE}/snapshot.json`,
    ])
    expect(edits['drizzle/20260102000001_change_02_create_index/snapshot.json']).toBe(files[`drizzle/${CHANGE}/snapshot.json`])
  })

  it('refuses where the next folder leaves no room', async () => {
    const files = v1Files(['20260101000000_init', CHANGE, '20260102000001_a'])
    await expect(emit(files, planOf(CHANGE, SQL, [ADD, INDEX]))).rejects.toThrow(
      /followed by 20260102000001_a.*rewrite 20260102000000_change/s,
    )
  })
})

describe('both', () => {
  it('write nothing for a plan that found nothing, whatever lies around', async () => {
    expect(await emit(journalFiles(), planOf('gone', SQL, [], [], { hazards: [] }))).toEqual({})
  })

  it('refuse what the plan refuses, another text and another history', async () => {
    const refusals = [{ claims: [0], hazards: [], reason: 'Nobody knows.', fix: 'Ask.', line: 3 }]
    const cases: [Plan, RegExp][] = [
      [planOf('0001_change', SQL, [ADD], [], { refusals }), /^0001_change can't be rewritten \(line 3\): Nobody knows\. Ask\.$/],
      [planOf('0001_change', `${SQL} `, [ADD]), /has changed since the plan was made.*rewrite 0001_change/],
      [planOf('0009_gone', SQL, [ADD]), /no migration 0009_gone/],
    ]
    for (const [plan, message] of cases) {
      const refused = await emit(journalFiles(), plan).catch((error: unknown) => error as Error)
      expect(refused).toBeInstanceOf(UserError)
      expect((refused as Error).message).toMatch(message)
    }
  })

  it('say what to do by hand where a mapping can’t be made by machine', async () => {
    const maps = [{ table: 'users', column: 'name', to: 'full_name' }]
    const alone = planOf('0001_change', SQL, [], [], { maps })
    await expect(emit(journalFiles(), alone)).rejects.toThrow(
      /users\.full_name the column name 'name'.*delete the migration 0001_change.*drizzle-kit generate/s,
    )
    await expect(emit(journalFiles(), planOf('0001_change', SQL, [ADD], [], { maps }))).rejects.toThrow(/also holds statements/)
  })

  it('remove what an earlier plan of the migration left in its folder', async () => {
    const left = { 'expand-contract/0001_change/contract/09-old.sql': '', 'expand-contract/0001_change/notes.md': '' }
    const edits = await emit({ ...journalFiles(), ...left }, planOf('0001_change', SQL, [ADD]))
    expect(edits['expand-contract/0001_change/contract/09-old.sql']).toBeNull()
    expect(Object.keys(edits)).not.toContain('expand-contract/0001_change/notes.md')
  })
})
