import { describe, expect, it } from 'vitest'
import { person, run } from '../captured-io.ts'
import { INIT, PRISMA_PROJECT, RENAME } from '../prisma-project.ts'
import { contentOf, folderWith, put } from '../temp-folder.ts'

const ANSWER = ['--rename', 'User.name=fullName']
const PLAN = `prisma/expand-contract/${RENAME}/plan.json`

describe('rewrite, where nobody can be asked', () => {
  it('prints each question with the flags that answer it, and writes nothing', async () => {
    const folder = folderWith(PRISMA_PROJECT)
    const before = contentOf(folder)
    const { code, out } = await run(folder, ['rewrite'])
    expect(code).toBe(1)
    for (const flag of ['--rename User.name=fullName', '--map User.name=fullName', '--drop User.name']) expect(out).toContain(`  ${flag}\n`)
    expect(out).toMatch(/Nothing was written\.\n$/)
    expect(contentOf(folder)).toEqual(before)
  })

  it('shows everything and writes nothing with --dry-run', async () => {
    const folder = folderWith(PRISMA_PROJECT)
    const before = contentOf(folder)
    const { code, out } = await run(folder, ['rewrite', '--dry-run', ...ANSWER])
    expect(code).toBe(0)
    expect(out).toContain('rename-column-breaks-old-code')
    expect(out).toMatch(/^expand /m)
    expect(out).toMatch(/^contract /m)
    expect(out).toContain(`moved  prisma/migrations/${RENAME}/migration.sql`)
    expect(contentOf(folder)).toEqual(before)
  })

  it('writes the plan once: the second time nothing changes', async () => {
    const folder = folderWith(PRISMA_PROJECT)
    const first = await run(folder, ['rewrite', ...ANSWER])
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toContain(`npx expand-contract verify ${RENAME}`)
    const after = contentOf(folder)
    expect(Object.keys(after)).toContain(PLAN)
    expect(Object.keys(after)).not.toContain(`prisma/migrations/${RENAME}/`)
    expect(JSON.parse(after[PLAN] ?? '').intents).toEqual([{ kind: 'rename', table: 'User', column: 'name', to: 'fullName' }])

    for (const args of [ANSWER, [], [RENAME], [RENAME, ...ANSWER], [`prisma/migrations/${RENAME}/migration.sql`], [INIT]]) {
      const again = await run(folder, ['rewrite', ...args])
      expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to rewrite: /) })
    }
    expect(await run(folder, ['check'])).toMatchObject({ code: 0 })
    expect(contentOf(folder)).toEqual(after)
  })

  it('takes answers from the configuration, and a flag over them', async () => {
    const intents = [
      { kind: 'rename', table: 'User', column: 'name', to: 'fullName' },
      { kind: 'drop', table: 'Other', column: 'unrelated' },
    ]
    const folder = folderWith({ ...PRISMA_PROJECT, 'expand-contract.config.json': JSON.stringify({ intents, postgres: 16 }) })
    expect(await run(folder, ['rewrite'])).toMatchObject({ code: 0 })
    expect(JSON.parse(contentOf(folder)[PLAN] ?? '')).toMatchObject({ intents: [intents[0]], postgres: 16 })
    const mapped = folderWith({ ...PRISMA_PROJECT, 'expand-contract.config.json': JSON.stringify({ intents }) })
    expect(await run(mapped, ['rewrite', '--map', 'User.name=fullName', '--postgres', '17'])).toMatchObject({ code: 0 })
    expect(JSON.parse(contentOf(mapped)[PLAN] ?? '')).toMatchObject({
      maps: [{ table: 'User', column: 'name', to: 'fullName' }],
      postgres: 17,
    })
    expect(contentOf(mapped)['prisma/schema.prisma']).toContain('@map("name")')
  })

  it.each([
    ['a column that is not there', ['--rename', 'User.nmae=fullName'], 'Did you mean "User.name"'],
    ['a table that is not there', ['--drop', 'Usr.name'], 'Did you mean "User.name"'],
    ['a new name that is not there', ['--rename', 'User.name=fullNam'], 'Did you mean "fullName"'],
    ['a column that the migration leaves alone', ['--drop', 'User.email'], 'does nothing to User.email'],
    ['an unknown migration', ['20260212093000_renam_name'], 'Did you mean'],
    ['a name that several have', ['2026'], 'may mean 2 migrations'],
  ])('refuses %s', async (_, args, message) => {
    const folder = folderWith(PRISMA_PROJECT)
    const before = contentOf(folder)
    expect(await run(folder, ['rewrite', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(message) })
    expect(contentOf(folder)).toEqual(before)
  })

  it('takes a name as it is only where its own table is not known', async () => {
    const unknown = { 'prisma/migrations/20260201000000_other/migration.sql': 'ALTER TABLE "Elsewhere" ADD COLUMN "a" TEXT;\n' }
    const folder = folderWith({ ...PRISMA_PROJECT, ...unknown })
    expect(await run(folder, ['rewrite', '--drop', 'User.nmae'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean "User.name"'),
    })
    expect(await run(folder, ['rewrite', '--drop', 'Elsewhere.a', ...ANSWER, '--dry-run'])).toMatchObject({ code: 0 })
    put(folder, {
      'prisma/migrations/20260201000000_other/migration.sql':
        "DO $$ BEGIN EXECUTE 'DROP TABLE ' || (SELECT min(tablename) FROM pg_tables); END $$;\n",
    })
    expect(await run(folder, ['rewrite', '--drop', 'User.nmae'])).toMatchObject({ code: 1 })
  })

  it('says why a migration can not be rewritten', async () => {
    const folder = folderWith({ ...PRISMA_PROJECT, [`prisma/migrations/${RENAME}/migration.sql`]: 'ALTER TABLE "User" SET UNLOGGED;\n' })
    const { code, out } = await run(folder, ['rewrite'])
    expect(code).toBe(1)
    expect(out).toContain('rewrites-table')
    expect(out).toContain('not rewritten:')
  })

  it('leaves everything as it was where a file can not be written', async () => {
    const folder = folderWith({ ...PRISMA_PROJECT, 'prisma/expand-contract': 'a file in the way' })
    const before = contentOf(folder)
    const { code, err } = await run(folder, ['rewrite', ...ANSWER])
    expect(code).toBe(2)
    expect(err).toContain('Everything is as it was before')
    expect(contentOf(folder)).toEqual(before)
  })
})

describe('rewrite, with a person at the terminal', () => {
  it('asks until nothing is open, confirms, and writes', async () => {
    const sql = 'ALTER TABLE "User" DROP COLUMN "name",\nADD COLUMN     "country" TEXT NOT NULL;\n'
    const folder = folderWith({ ...PRISMA_PROJECT, [`prisma/migrations/${RENAME}/migration.sql`]: sql })
    put(folder, { 'prisma/schema.prisma': (PRISMA_PROJECT['prisma/schema.prisma'] ?? '').replace('fullName', 'country ') })
    const prompts = person('Really dropped', true, "'US'", true)
    const { code, out } = await run(folder, ['rewrite'], { prompts })
    expect(code).toBe(0)
    expect(prompts.asked).toEqual([
      'User.name is dropped while country is added. What becomes of User.name?',
      expect.stringMatching(/^What fills User\.(name|country) /),
      expect.stringMatching(/^What fills User\.(name|country) /),
      expect.stringMatching(/^Write \d+ files\?$/),
    ])
    expect(out).toContain('Wrote ')
    const { intents } = JSON.parse(contentOf(folder)[PLAN] ?? '')
    expect(intents.map((i: { kind: string }) => i.kind)).toEqual(['drop', 'fill', 'fill'])
  })

  it.each([
    ['keeps the column where only the code is renamed', 'Renamed to fullName in the code only', '@map("name")'],
    ['moves the data where the column is renamed', 'Renamed to fullName', '  fullName String\n'],
  ])('%s', async (_, answer, schema) => {
    const folder = folderWith(PRISMA_PROJECT)
    expect(await run(folder, ['rewrite', '--yes'], { prompts: person(answer) })).toMatchObject({ code: 0 })
    expect(contentOf(folder)['prisma/schema.prisma']).toContain(schema)
  })

  it.each([
    ['at a question', person('cancel'), 130],
    ['at the confirmation', person('Renamed to fullName', false), 130],
  ])('writes nothing where the person stops %s', async (_, prompts, exit) => {
    const folder = folderWith(PRISMA_PROJECT)
    const before = contentOf(folder)
    const { code, out, err } = await run(folder, ['rewrite'], { prompts })
    expect(code).toBe(exit)
    expect(out + err).toContain('Nothing was written.')
    expect(contentOf(folder)).toEqual(before)
  })
})

it('notes that later migrations rest on one that is rewritten in the middle', async () => {
  const folder = folderWith({
    ...PRISMA_PROJECT,
    'prisma/migrations/20260301000000_later/migration.sql': 'CREATE TABLE "Later" (id int);\n',
  })
  const { code, out } = await run(folder, ['rewrite', RENAME, '--dry-run', ...ANSWER])
  expect(code).toBe(0)
  expect(out).toContain('1 migration comes after this one')
})
