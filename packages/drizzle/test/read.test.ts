import path from 'node:path'
import type { Layout, SourceMigration } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { drizzle } from '../src/index.ts'
import { folderWith, journal } from './support/folder.ts'

async function read(files: Readonly<Record<string, string>>): Promise<readonly SourceMigration[]> {
  const dir = await folderWith(files)
  return (await drizzle.read((await drizzle.find(path.join(dir, 'drizzle'))) as Layout)).migrations
}

describe('0.3x', () => {
  it('reads in the order of the journal, byte for byte, and nothing without an entry', async () => {
    const crlf = '\uFEFFSELECT 1;\r\n--> statement-breakpoint\r\nSELECT \u{1F600};'
    const migrations = await read({
      'drizzle/meta/_journal.json': journal(['0001_b', '0000_a']),
      'drizzle/0000_a.sql': '',
      'drizzle/0001_b.sql': crlf,
      'drizzle/0002_parked.sql': 'DROP TABLE users',
    })
    expect(migrations.map((m) => [m.id, m.text])).toEqual([
      ['0001_b', crlf],
      ['0000_a', ''],
    ])
  })

  it('stops at an entry without a file, as the migrator does', async () => {
    await expect(read({ 'drizzle/meta/_journal.json': journal(['0000_a']) })).rejects.toThrow(
      /names the migration 0000_a.*git checkout -- .*0000_a\.sql/s,
    )
  })
})

describe('v1', () => {
  const sql = 'ALTER TABLE "users" RENAME COLUMN "name" TO "full_name";'
  const column = (schema: string, table: string, name: string) => ({ entityType: 'columns', schema, table, name })
  const history = (snapshot: unknown) => ({
    'drizzle/20260101000000_init/migration.sql': 'CREATE TABLE users (name text);',
    'drizzle/20260101000000_init/snapshot.json': '{"version":"9","dialect":"postgres","type":"base","ddl":[]}',
    'drizzle/20260102000000_rename/migration.sql': sql,
    'drizzle/20260102000000_rename/snapshot.json': JSON.stringify(snapshot),
    'drizzle/20260101120000_custom/migration.sql': '-- by hand',
    'drizzle/20260103000000_parked/notes.md': '',
  })

  it('reads folders that hold a migration in the order of their names, with or without snapshot', async () => {
    const migrations = await read(history({ version: '9', deltas: [] }))
    expect(migrations.map((m) => m.id)).toEqual(['20260101000000_init', '20260101120000_custom', '20260102000000_rename'])
    expect(migrations.every((m) => m.intents.length === 0)).toBe(true)
  })

  it('takes renames of columns from the deltas of format 9', async () => {
    const deltas = [
      { op: 'rename', key: 'columns\0["public","users","name"]', set: { name: 'full_name' } },
      { op: 'rename', key: 'columns\0["shop","a.b","x"]', set: { name: 'y' } },
      { op: 'rename', key: 'tables\0["public","users"]', set: { name: 'people' } },
      { op: 'rename', key: 'columns\0["public","users","id"]', set: { table: 'people' } },
      { op: 'create', row: {} },
    ]
    expect((await read(history({ version: '9', deltas }))).at(-1)?.intents).toEqual([
      { kind: 'rename', table: 'users', column: 'name', to: 'full_name' },
      { kind: 'rename', table: 'shop.a.b', column: 'x', to: 'y' },
    ])
  })

  it('takes renames of columns, and of nothing else, from the paths of format 8', async () => {
    const renames = ['public.users.name->public.users.full_name', 'public.users->public.people', 'public.users.a_idx->public.users.b_idx']
    const ddl = [column('public', 'users', 'full_name'), { entityType: 'indexes', schema: 'public', table: 'users', name: 'b_idx' }]
    expect((await read(history({ version: '8', renames, ddl }))).at(-1)?.intents).toEqual([
      { kind: 'rename', table: 'users', column: 'name', to: 'full_name' },
    ])
  })
})
