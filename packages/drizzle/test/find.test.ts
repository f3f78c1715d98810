import path from 'node:path'
import { UserError } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { drizzle } from '../src/index.ts'
import { folderWith, journal } from './support/folder.ts'

const DEFINE = (body: string): string => `import { defineConfig } from 'drizzle-kit'\nexport default defineConfig(${body})\n`

async function found(files: Readonly<Record<string, string>>, at = '.') {
  const dir = await folderWith(files)
  const layout = await drizzle.find(path.join(dir, at))
  const relative = (file: string): string => path.relative(dir, file) || '.'
  return (
    layout && {
      root: relative(layout.root),
      migrations: relative(layout.migrations),
      plans: relative(layout.plans),
      schema: layout.schema.map(relative),
      format: layout.format,
    }
  )
}

describe('a configuration is read without running it', () => {
  const project = { root: '.', migrations: 'db/out', plans: 'db/expand-contract', schema: ['src/schema.ts'], format: 'drizzle-journal' }
  const files = { 'src/schema.ts': '', 'db/out/meta/_journal.json': journal([]) }

  it.each([
    ['drizzle.config.ts', DEFINE(`{ dialect: 'postgresql', schema: './src/schema.ts', out: './db/out' }`)],
    ['drizzle.config.ts', `export default { schema: ["./src/schema.ts"], out: \`./db/out\`, dialect: "postgresql" } satisfies Config`],
    ['drizzle.config.ts', `const out = 'db/out' as const\nconst config: Config = { out, schema: 'src/schema.ts' }\nexport default config`],
    ['drizzle.config.mjs', DEFINE(`{ 'out': './db/out', schema: './src/*.ts', dialect: 'postgresql' }`)],
    ['drizzle.config.js', `module.exports = { out: './db/out', schema: './src', driver: 'pg' }`],
    ['drizzle.config.json', `{ "out": "./db/out", "schema": "./src/schema.ts", "dialect": "postgresql" }`],
    [
      'drizzle.config.ts',
      `process.exit(1)\n${DEFINE(`{ ...base, dialect: 'postgresql', out: './db/out', schema: './src/schema.ts', dbCredentials: { url: process.env.URL! } }`)}`,
    ],
  ])('%s: %s', async (name, text) => {
    expect(await found({ ...files, [name]: text })).toEqual(project)
  })

  it('has the kit’s own defaults', async () => {
    const text = DEFINE(`{ dialect: 'postgresql', schema: './schema.ts' }`)
    expect(await found({ 'drizzle.config.ts': text })).toEqual({
      root: '.',
      migrations: 'drizzle',
      plans: 'expand-contract',
      schema: [],
      format: 'drizzle-journal',
    })
  })

  it('falls back to the only migrations folder below it where the folder is computed', async () => {
    const text = DEFINE(`{ dialect: 'postgresql', schema: './src/schema.ts', out: process.env.OUT ?? './db/out' }`)
    expect(await found({ ...files, 'drizzle.config.ts': text })).toEqual(project)
    await expect(found({ ...files, 'drizzle.config.ts': text, 'other/meta/_journal.json': journal([]) })).rejects.toThrow(
      /db\/out\n.*\/other/,
    )
  })
})

describe('a project is found from', () => {
  const config = DEFINE(`{ dialect: 'postgresql', schema: './schema.ts', out: './migrations' }`)
  const folders = { '20260101000000_init/migration.sql': 'SELECT 1', '20260101000000_init/snapshot.json': '{"dialect":"postgres"}' }
  const v1 = Object.fromEntries(Object.entries(folders).map(([name, text]) => [`packages/db/migrations/${name}`, text]))
  const files = { ...v1, 'packages/db/drizzle.config.ts': config, 'packages/web/src/index.ts': '' }
  const project = {
    root: 'packages/db',
    migrations: 'packages/db/migrations',
    plans: 'packages/db/expand-contract',
    schema: [],
    format: 'drizzle-v1',
  }

  it.each([
    ['the root of a monorepo', '.'],
    ['its package', 'packages/db'],
    ['its migrations folder', 'packages/db/migrations'],
    ['one migration', 'packages/db/migrations/20260101000000_init'],
    ['the file of one migration', 'packages/db/migrations/20260101000000_init/migration.sql'],
  ])('%s', async (_, at) => {
    expect(await found(files, at)).toEqual(project)
  })

  it('a history without configuration', async () => {
    const history = { 'a/b/sql/meta/_journal.json': journal(['0000_init'], 'pg'), 'a/b/sql/0000_init.sql': '' }
    const layout = { root: 'a/b', migrations: 'a/b/sql', plans: 'a/b/expand-contract', schema: [], format: 'drizzle-journal' }
    expect(await found(history)).toEqual(layout)
    expect(await found(history, 'a/b/sql/0000_init.sql')).toEqual(layout)
  })

  it('nowhere, where there is none: Prisma’s folders are not Drizzle’s', async () => {
    expect(await found({ 'prisma/migrations/20260101000000_init/migration.sql': '' })).toBeUndefined()
    expect(await found({ 'package.json': '{}' }, 'no/such/folder')).toBeUndefined()
  })
})

describe('a project that can’t be used is said to be', () => {
  it('another database by configuration, journal or snapshot', async () => {
    await expect(found({ 'drizzle.config.ts': DEFINE(`{ dialect: 'mysql', schema: './s.ts' }`) })).rejects.toThrow(
      /drizzle\.config\.ts is for mysql/,
    )
    await expect(found({ 'drizzle/meta/_journal.json': journal([], 'sqlite') })).rejects.toThrow(UserError)
    const snapshot = { 'm/20260101000000_a/migration.sql': '', 'm/20260101000000_a/snapshot.json': '{"dialect":"mysql"}' }
    await expect(found(snapshot)).rejects.toThrow(/\/m is for mysql/)
  })

  it('several projects; one for another database beside it is no second one', async () => {
    const one = { 'pg/meta/_journal.json': journal([]), 'lite/meta/_journal.json': journal([], 'sqlite') }
    expect(await found(one)).toMatchObject({ migrations: 'pg' })
    await expect(found({ ...one, 'more/meta/_journal.json': journal([]) })).rejects.toThrow(
      /several Drizzle projects.*\n {2}more\n {2}pg$/s,
    )
  })

  it('a journal that is none', async () => {
    await expect(found({ 'drizzle/meta/_journal.json': '{"entries":[{"tag":1}]}' })).rejects.toThrow(/not a journal.*git checkout/s)
    await expect(found({ 'drizzle/meta/_journal.json': '<<<<<<< HEAD' })).rejects.toThrow(/not a JSON object.*git checkout/s)
  })
})
