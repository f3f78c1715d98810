import path from 'node:path'
import type { Layout } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { prisma } from '../src/index.ts'
import { LOCK, SCHEMA, tempProject } from './support/temp.ts'

const sql = 'SELECT 1;\n'

/** The layout with paths relative to the project. */
async function found(files: Record<string, string>, dir = '.'): Promise<Omit<Layout, 'adapter' | 'format'> | undefined> {
  const root = await tempProject(files)
  const layout = await prisma.find(path.join(root, dir))
  if (!layout) return undefined
  expect(layout).toMatchObject({ adapter: 'prisma', format: 'prisma' })
  const short = (at: string): string => path.relative(root, at) || '.'
  const { root: home, migrations, plans, schema } = layout
  return { root: short(home), migrations: short(migrations), plans: short(plans), schema: schema.map(short) }
}

const usual = { root: '.', migrations: 'prisma/migrations', plans: 'prisma/expand-contract', schema: ['prisma/schema.prisma'] }
const project = {
  'package.json': '{}',
  'prisma/schema.prisma': SCHEMA,
  'prisma/migrations/migration_lock.toml': LOCK,
  'prisma/migrations/1_init/migration.sql': sql,
}

describe('find', () => {
  it('finds the default layout without any configuration', async () => {
    expect(await found(project)).toEqual(usual)
  })

  it.each([
    ['its migrations folder', 'prisma/migrations'],
    ['one migration', 'prisma/migrations/1_init'],
    ['a migration’s file', 'prisma/migrations/1_init/migration.sql'],
  ])('finds the same project from %s', async (_, dir) => {
    expect(await found(project, dir)).toEqual(usual)
  })

  it('takes the nearest package as the root of its migrations', async () => {
    const inner = Object.fromEntries(
      Object.entries(project).map(([name, text]) => [`packages/${name.replace('package.json', 'prisma/package.json')}`, text]),
    )
    expect(await found({ 'package.json': '{}', ...inner }, 'packages/prisma/migrations')).toMatchObject({ root: 'packages/prisma' })
  })

  it('takes the schema’s own folder as root where it is pointed at', async () => {
    expect(await found(project, 'prisma')).toEqual({ ...usual, root: 'prisma' })
  })

  it('finds a project that has no migration yet', async () => {
    expect(await found({ 'schema.prisma': SCHEMA })).toEqual({
      root: '.',
      migrations: 'migrations',
      plans: 'expand-contract',
      schema: ['schema.prisma'],
    })
  })

  it('takes the schema from package.json, as Prisma 6 and older do', async () => {
    const files = {
      'package.json': '{"prisma":{"schema":"./db/main.prisma"}}',
      'db/main.prisma': SCHEMA,
      'db/migrations/1_a/migration.sql': sql,
    }
    expect(await found(files)).toEqual({ root: '.', migrations: 'db/migrations', plans: 'db/expand-contract', schema: ['db/main.prisma'] })
  })

  it.each([
    ['prisma.config.ts', ''],
    ['prisma.config.mjs', ''],
    ['.config/prisma.ts', '../'],
  ])('follows %s without running it', async (name, up) => {
    const config = `import { defineConfig, env } from 'prisma/config'
      // schema: 'nowhere'
      export default defineConfig({
        "schema": '${up}db/models', /* a folder */
        datasource: { url: env('NOT_SET'), schema: 1 },
        migrations: { seed: \`node \${1}\`, path: "${up}db/sql" },
      })`
    const files = { [name]: config, 'db/models/a.prisma': SCHEMA, 'db/models/sub/b.prisma': 'model B {\n  id Int @id\n}\n' }
    const layout = {
      root: '.',
      migrations: 'db/sql',
      plans: 'db/expand-contract',
      schema: ['db/models/a.prisma', 'db/models/sub/b.prisma'],
    }
    expect(await found({ ...files, 'db/sql/1_a/migration.sql': sql })).toEqual(layout)
    expect(await found({ ...files, 'db/sql/1_a/migration.sql': sql }, 'db/sql')).toEqual(layout)
  })

  it('reads path.join of strings', async () => {
    const config = `export default { schema: path.join('db', 'schema.prisma') } satisfies PrismaConfig`
    expect(await found({ 'prisma.config.ts': config, 'db/schema.prisma': SCHEMA })).toMatchObject({ schema: ['db/schema.prisma'] })
  })

  it('runs a configuration that computes its paths', async () => {
    const config = `const at: string = ['d', 'b'].join('')\nexport default { schema: at + '/schema.prisma', migrations: { path: at + '/m' } }\n`
    expect(await found({ 'prisma.config.ts': config, 'db/schema.prisma': SCHEMA })).toMatchObject({
      schema: ['db/schema.prisma'],
      migrations: 'db/m',
    })
  })

  it('says why a computing configuration could not be run, without its connection string', async () => {
    const config = `const at = 'db'\nthrow new Error('cannot reach postgresql://me:secret@host/db now')\nexport default { schema: at + '/x' }\n`
    const failing = found({ 'prisma.config.ts': config })
    await expect(failing).rejects.toThrow(/prisma\.config\.ts computes where .* cannot reach <url> now/)
    await expect(failing).rejects.toMatchObject({ name: 'UserError' })
  })

  it('says that a configured schema is missing', async () => {
    await expect(found({ 'prisma.config.ts': `export default { schema: 'gone.prisma' }` })).rejects.toThrow(
      /gone\.prisma.*Correct the path/,
    )
  })

  it('takes the folder of a schema.prisma that leaves its models to its neighbours', async () => {
    const [datasource, model] = [SCHEMA.slice(0, SCHEMA.indexOf('model')), SCHEMA.slice(SCHEMA.indexOf('model'))]
    const files = { 'prisma/schema.prisma': datasource, 'prisma/models/user.prisma': model, 'prisma/migrations/1_a/migration.sql': sql }
    expect(await found(files)).toEqual({ ...usual, schema: ['prisma/models/user.prisma', 'prisma/schema.prisma'] })
  })

  it('finds a schema folder with the migrations beside it', async () => {
    const files = { 'prisma/schema/main.prisma': SCHEMA, 'prisma/migrations/1_a/migration.sql': sql }
    expect(await found(files)).toEqual({ ...usual, schema: ['prisma/schema/main.prisma'] })
    const renamed = { 'schema/main.prisma': SCHEMA, 'migration/migration_lock.toml': LOCK }
    expect(await found(renamed)).toMatchObject({ migrations: 'migration', schema: ['schema/main.prisma'] })
  })

  it('finds migrations alone', async () => {
    const files = { 'migrations/1_a/migration.sql': sql }
    const layout = { root: '.', migrations: 'migrations', plans: 'expand-contract', schema: [] }
    expect(await found(files)).toEqual(layout)
    expect(await found(files, 'migrations')).toEqual(layout)
    expect(await found({ 'prisma/history/migration_lock.toml': LOCK })).toMatchObject({ migrations: 'prisma/history' })
  })

  it('leaves alone what is not Prisma’s', async () => {
    expect(await found({ 'package.json': '{ broken' })).toBeUndefined()
    expect(await found({}, 'missing')).toBeUndefined()
    const drizzle = { 'drizzle/2026_a/migration.sql': sql, 'drizzle/2026_a/snapshot.json': '{}' }
    expect(await found(drizzle, 'drizzle')).toBeUndefined()
    expect(await found({ 'migrations/0000_a.sql': sql, 'migrations/meta/_journal.json': '{}' })).toBeUndefined()
  })

  it.each([
    ['mysql in the lock file', { ...project, 'prisma/migrations/migration_lock.toml': 'provider = "mysql"' }, /says provider "mysql"/],
    ['cockroachdb in the schema', { 'schema.prisma': SCHEMA.replace('postgresql', 'cockroachdb') }, /says provider "cockroachdb"/],
    [
      'a lock file in conflict',
      {
        ...project,
        'prisma/migrations/migration_lock.toml': '<<<<<<< a\nprovider = "sqlite"\n=======\nprovider = "postgresql"\n>>>>>>> b\n',
      },
      /several providers/,
    ],
    ['an empty lock file', { ...project, 'prisma/migrations/migration_lock.toml': '' }, /names no provider.*write one line/],
  ])('refuses %s', async (_, files, message) => {
    const failing = found(files)
    await expect(failing).rejects.toThrow(message)
    await expect(failing).rejects.toMatchObject({ name: 'UserError' })
  })
})
