import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { History } from '@expand-contract/core'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drizzle } from '../src/index.ts'
import { scratch } from './support/database.ts'
import { folderWith } from './support/folder.ts'
import { migrator } from './support/migrator.ts'

let pg: Awaited<ReturnType<typeof scratch>>
beforeAll(async () => {
  pg = await scratch()
})
afterAll(() => pg?.server.stop())

const NAMES = ['20260101000000_a', '20260102000000_b', '20260103000000_c']
const sqlOf = (name: string) => `CREATE TABLE ${name.at(-1)} (id int);`

/** The first migrations of a project, as either kit keeps them. */
async function project(folder: string, version: 0 | 1, count: number): Promise<History> {
  const names = NAMES.slice(0, count)
  const at = (name: string) => path.join(folder, version === 0 ? `${name}.sql` : `${name}/migration.sql`)
  for (const name of names) {
    await mkdir(path.dirname(at(name)), { recursive: true })
    await writeFile(at(name), sqlOf(name))
  }
  if (version === 0) {
    const entries = names.map((tag, idx) => ({ idx, version: '7', when: Date.UTC(2026, 0, idx + 1), tag, breakpoints: true }))
    await mkdir(path.join(folder, 'meta'), { recursive: true })
    await writeFile(path.join(folder, 'meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }))
  }
  const layout = {
    adapter: 'drizzle',
    root: folder,
    migrations: folder,
    plans: folder,
    schema: [],
    format: version === 0 ? 'drizzle-journal' : 'drizzle-v1',
  }
  return { layout, migrations: names.map((id) => ({ id, path: at(id), text: sqlOf(id), intents: [] })) }
}

async function rows(client: Client): Promise<Record<string, unknown>[]> {
  return (await client.query(`SELECT * FROM drizzle.${drizzle.appliedTable}`)).rows
}

describe.each([0, 1] as const)('what the migrator (alias %i) has recorded', (version) => {
  it('tells how far a history is applied, and whether the database is ahead of it', async () => {
    const folder = await folderWith({})
    const client = await pg.database()
    try {
      await project(folder, version, 2)
      await migrator(version)(client, folder)
      expect(await drizzle.applied(await project(folder, version, 3), await rows(client))).toEqual({
        applied: NAMES.slice(0, 2),
        ahead: [],
        failed: [],
      })
      const behind = await drizzle.applied(await project(folder, version, 1), await rows(client))
      expect(behind).toMatchObject({ applied: [NAMES[0]], failed: [] })
      expect(behind.ahead).toHaveLength(1)
    } finally {
      await client.end()
    }
  })
})

it('is understood where the project has moved to v1 and the database not yet', async () => {
  const folder = await folderWith({})
  const client = await pg.database()
  try {
    await project(folder, 0, 2)
    await migrator(0)(client, folder)
    expect(await drizzle.applied(await project(folder, 1, 3), await rows(client))).toEqual({
      applied: NAMES.slice(0, 2),
      ahead: [],
      failed: [],
    })
  } finally {
    await client.end()
  }
})
