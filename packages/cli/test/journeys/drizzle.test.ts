import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { run } from '../captured-io.ts'
import { contentOf, folderWith } from '../temp-folder.ts'

const EXAMPLE = fileURLToPath(new URL('../../../../examples/drizzle-rename', import.meta.url))

it('rewrites a Drizzle project once, and tells that its migrator will not run the steps', async () => {
  const folder = folderWith({})
  const isOwn = (file: string): boolean => !file.endsWith('node_modules')
  for (const name of ['drizzle.config.ts', 'drizzle', 'src'])
    cpSync(`${EXAMPLE}/${name}`, `${folder}/${name}`, { recursive: true, filter: isOwn })
  expect(await run(folder, ['check'])).toMatchObject({ code: 1, out: expect.stringContaining('rename-column-breaks-old-code') })

  const { code, out, err } = await run(folder, ['rewrite'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('npx expand-contract deploy')
  const after = contentOf(folder)
  expect(Object.keys(after).filter((name) => name.endsWith('/plan.json'))).toHaveLength(1)

  expect(await run(folder, ['check'])).toMatchObject({ code: 0 })
  expect(await run(folder, ['rewrite'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to rewrite: /) })
  expect(contentOf(folder)).toEqual(after)
})

it('names what Drizzle Kit 0.3x has recorded and its SQL does not do', async () => {
  const snapshot = (id: string, prevId: string, name: string, type: string) => {
    const column = { name, type, primaryKey: false, notNull: false }
    const table = {
      name: 'users',
      schema: '',
      columns: { [name]: column },
      indexes: {},
      foreignKeys: {},
      compositePrimaryKeys: {},
      uniqueConstraints: {},
    }
    return JSON.stringify({ id, prevId, version: '7', dialect: 'postgresql', tables: { 'public.users': table }, enums: {}, schemas: {} })
  }
  const entries = ['0000_init', '0001_rename'].map((tag, idx) => ({ idx, version: '7', when: idx + 1, tag, breakpoints: true }))
  const folder = folderWith({
    'drizzle/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
    'drizzle/meta/0000_snapshot.json': snapshot('a', '0', 'name', 'varchar(100)'),
    'drizzle/meta/0001_snapshot.json': snapshot('b', 'a', 'full_name', 'text'),
    'drizzle/0000_init.sql': 'CREATE TABLE "users" ("name" varchar(100));\n',
    'drizzle/0001_rename.sql': '-- renamed\nALTER TABLE "users" RENAME COLUMN "name" TO "full_name";\n',
  })
  const { code, out } = await run(folder, ['check', '--newest'])
  expect(code).toBe(1)
  expect(out).toContain('drizzle/0001_rename.sql:2:1  snapshot-ahead-of-sql  users.full_name\n')
  expect(out.replaceAll(/\s+/g, ' ')).toContain('type changed from varchar(100) to text, but the SQL only renames "name".')
  expect(await run(folder, ['check', '--write-baseline'])).toMatchObject({ code: 0 })
  expect(await run(folder, ['check'])).toMatchObject({ code: 0 })
})
