import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '../captured-io.ts'
import { INIT, PRISMA_PROJECT, RENAME } from '../prisma-project.ts'
import { folderWith, git, put } from '../temp-folder.ts'

/** Ids of the migrations in which something was found, and the exit code. */
async function found(cwd: string, ...args: readonly string[]): Promise<{ code: number; ids: string[]; looked: number }> {
  const { code, out, err } = await run(cwd, ['check', '--format', 'json', ...args])
  expect(err).toBe('')
  const report = JSON.parse(out) as { summary: { migrations: number }; migrations: { id: string }[] }
  return { code, ids: report.migrations.map((m) => m.id), looked: report.summary.migrations }
}

describe('check', () => {
  it('names hazards with file and line, and what to do next', async () => {
    const { code, out } = await run(folderWith(PRISMA_PROJECT), ['check'])
    expect(code).toBe(1)
    expect(out).toContain(`prisma/migrations/${RENAME}/migration.sql:9:20  drop-column-breaks-old-code  User.name  ACCESS EXCLUSIVE`)
    expect(out).toContain('--rename "User.name=fullName"')
    expect(out).toContain(`next: npx expand-contract rewrite ${RENAME}`)
    expect(out).toContain('in 1 of 2 migrations')
  })

  it('looks at what it is asked about', async () => {
    const folder = folderWith(PRISMA_PROJECT)
    expect(await found(folder)).toEqual({ code: 1, ids: [RENAME], looked: 2 })
    expect(await found(folder, '--newest')).toEqual({ code: 1, ids: [RENAME], looked: 1 })
    expect(await found(folder, `prisma/migrations/${INIT}`)).toEqual({ code: 0, ids: [], looked: 1 })
    expect(await found(folder, `prisma/migrations/${RENAME}/migration.sql`)).toEqual({ code: 1, ids: [RENAME], looked: 1 })
    expect(await found(folder, 'prisma/migrations')).toEqual({ code: 1, ids: [RENAME], looked: 2 })
    expect(await found(folder, '.')).toEqual({ code: 1, ids: [RENAME], looked: 2 })
    expect(await found(path.join(folder, 'prisma/migrations'))).toEqual({ code: 1, ids: [RENAME], looked: 2 })
  })

  it('finds the projects of a monorepo from its root, and its own from a package', async () => {
    const inPackage = (name: string) => Object.fromEntries(Object.entries(PRISMA_PROJECT).map(([file, text]) => [`${name}/${file}`, text]))
    const folder = folderWith({
      'package.json': '{}',
      'packages/db/package.json': '{}',
      'apps/api/src/index.ts': '',
      ...inPackage('packages/db'),
      ...inPackage('apps/api'),
    })
    expect(await found(folder)).toMatchObject({ looked: 4 })
    expect(await found(path.join(folder, 'apps/api/src'))).toMatchObject({ looked: 2 })
    expect(await found(folder, '--project', 'packages/db')).toMatchObject({ looked: 2 })
    put(folder, { 'expand-contract.config.json': '{ "project": "apps/api" }' })
    expect(await found(path.join(folder, 'packages'))).toMatchObject({ looked: 2 })
    const { code, err } = await run(folder, ['rewrite', '--project', 'packages/db', '--project', 'apps/api'])
    expect(code).toBe(2)
    expect(err).toContain('--project packages/db')
  })

  it('reads files of no project as a history of their own, and says so', async () => {
    const folder = folderWith({
      'sql/1.sql': 'CREATE TABLE a (id int);',
      'sql/2.sql': 'CREATE INDEX i ON a (id);',
      'alone.sql': 'DROP TABLE b;\nCREATE INDEX i ON b (id);',
    })
    const { code, out } = await run(folder, ['check', 'alone.sql', 'sql'])
    expect(code).toBe(1)
    expect(out).toContain('alone.sql:2:1  create-index-blocks-writes  i  SHARE')
    expect(out).toContain('sql/2.sql:1:1  create-index-blocks-writes  i  SHARE')
    expect(out).not.toContain('next:')
    expect(out).toMatch(/alone\.sql: no Prisma or Drizzle project/)
    expect(out).toMatch(/2 files of sql: no Prisma or Drizzle project/)
  })

  it('names what it can not read', async () => {
    const folder = folderWith({ 'x.sql': 'SELECT 1;\nTHIS IS NOT SQL;\n' })
    const { code, out } = await run(folder, ['check', 'x.sql'])
    expect(code).toBe(1)
    expect(out).toContain('x.sql:2  not read')
    const missing = await run(folder, ['check', 'y.sql'])
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('y.sql does not exist') })
  })

  it('ends with 0 where a project has no migration yet', async () => {
    const { 'prisma/schema.prisma': schema = '' } = PRISMA_PROJECT
    expect(await run(folderWith({ 'prisma/schema.prisma': schema }), ['check'])).toMatchObject({
      code: 0,
      out: 'No hazard in 0 migrations.\n',
    })
  })
})

describe('check --since', () => {
  it('looks only at what is not on the branch: committed, changed or new', async () => {
    const folder = folderWith(PRISMA_PROJECT)
    git(folder, 'init')
    git(folder, 'add', '.')
    git(folder, 'commit', '-m', 'one')
    expect(await found(folder, '--since', 'main')).toEqual({ code: 0, ids: [], looked: 0 })

    git(folder, 'checkout', '-b', 'work')
    const drop = { 'prisma/migrations/20260301000000_drop/migration.sql': 'ALTER TABLE "User" DROP COLUMN "email";\n' }
    put(folder, drop)
    expect(await found(folder, '--since', 'main')).toEqual({ code: 1, ids: ['20260301000000_drop'], looked: 1 })
    git(folder, 'add', '.')
    git(folder, 'commit', '-m', 'two')
    expect(await found(folder, '--since', 'main')).toEqual({ code: 1, ids: ['20260301000000_drop'], looked: 1 })

    put(folder, { [`prisma/migrations/${INIT}/migration.sql`]: 'CREATE TABLE "User" ("id" int, "name" text, "email" text);\n' })
    expect(await found(folder, '--since', 'main')).toMatchObject({ looked: 2 })
    expect(await found(path.join(folder, 'prisma'), '--since', 'main')).toMatchObject({ looked: 2 })
  })

  it('says what to fetch where the ref is not there, and that git is needed', async () => {
    const folder = folderWith(PRISMA_PROJECT)
    git(folder, 'init')
    git(folder, 'commit', '--allow-empty', '-m', 'one')
    expect(await run(folder, ['check', '--since', 'nowhere'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('git fetch origin nowhere'),
    })
    expect(await run(folder, ['check', '--since=--output=x'])).toMatchObject({ code: 2, err: expect.stringContaining('no such branch') })
    const bare = folderWith(PRISMA_PROJECT)
    expect(await run(bare, ['check', '--since', 'main'])).toMatchObject({ code: 2, err: expect.stringContaining('--since needs git') })
  })
})
