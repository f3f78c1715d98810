import { rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { person, run } from '../captured-io.ts'
import { PRISMA_PROJECT, RENAME } from '../prisma-project.ts'
import { contentOf, folderWith, put } from '../temp-folder.ts'

const SCHEMA = 'prisma/schema.prisma'
const HELD = `prisma/expand-contract/${RENAME}`
const CONTRACT = `${HELD}/contract/05-drop-name.sql`
const RELEASED = 'prisma/migrations/20260212093001_rename_name_contract_drop_name/migration.sql'
const FINAL = PRISMA_PROJECT[SCHEMA] ?? ''

/** The project after `rewrite`. */
async function rewritten(): Promise<string> {
  const folder = folderWith(PRISMA_PROJECT)
  expect(await run(folder, ['rewrite', '--rename', 'User.name=fullName', '--yes'])).toMatchObject({ code: 0, err: '' })
  return folder
}

async function stageOf(folder: string): Promise<{ stage: string; anomalies: string[] }> {
  const { out } = await run(folder, ['status', '--format', 'json'])
  return JSON.parse(out).plans[0]
}

describe('a plan with a contract', () => {
  it('is staged, held, released; the schema is then the final one, byte for byte', async () => {
    const folder = await rewritten()
    const line = `  name     String @ignore // leaves with the contract of ${RENAME}\n`
    expect(contentOf(folder)[SCHEMA]).toBe(FINAL.replace('  fullName String\n', `  fullName String\n${line}`))
    expect(await run(folder, ['status'])).toMatchObject({ code: 0, out: expect.stringContaining(`npx expand-contract contract ${RENAME}`) })
    expect(await run(folder, ['check'])).toMatchObject({ code: 0 })

    const before = contentOf(folder)
    expect(await run(folder, ['contract', RENAME])).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
    expect(await run(folder, ['contract', RENAME], { prompts: person(false) })).toMatchObject({ code: 130 })
    expect(await run(folder, ['contract', RENAME, '--dry-run'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('DROP COLUMN "name"'),
    })
    expect(contentOf(folder)).toEqual(before)

    expect(await run(folder, ['contract', 'rename_name', '--yes'])).toMatchObject({ code: 0, err: '' })
    const after = contentOf(folder)
    expect(after[SCHEMA]).toBe(FINAL)
    expect(after[RELEASED]).toContain('ALTER TABLE "User" DROP COLUMN "name";')
    expect(after[CONTRACT]).toBeUndefined()
    expect(await stageOf(folder)).toMatchObject({ stage: 'released', anomalies: [] })
    expect(await run(folder, ['check'])).toMatchObject({ code: 0 })
    expect(await run(folder, ['contract', RENAME, '--yes'])).toMatchObject({ code: 2, err: expect.stringContaining('released already') })
    // The way back is a change like any other: the schema is what it was, and the rest is the ORM's and rewrite's.
    for (let i = 0; i < 2; i++) {
      const undo = await run(folder, ['undo', RENAME, '--yes'])
      expect(undo).toMatchObject({ code: 0, err: '', out: expect.stringContaining('lives on in fullName of User') })
      expect(undo.out).toContain('\n  npx prisma migrate dev --create-only\n  npx expand-contract rewrite --rename User.fullName=name\n')
      expect(contentOf(folder)).toEqual({ ...after, [SCHEMA]: FINAL.replace('fullName String', 'name     String') })
    }
  })

  it('is undone by migrations, and the schema is as the database is then', async () => {
    const folder = await rewritten()
    expect(await run(folder, ['undo', RENAME, '--yes'])).toMatchObject({ code: 0, err: '' })
    const after = contentOf(folder)
    expect(after[SCHEMA]).toBe(FINAL.replace('  fullName String\n', '  name     String\n'))
    const back = Object.keys(after).filter((file) => file.includes('_undo_') && file.endsWith('.sql'))
    expect(back.map((file) => path.dirname(file))).toEqual([
      'prisma/migrations/20260212093001_rename_name_undo_01_full_name_not_null',
      'prisma/migrations/20260212093001_rename_name_undo_02_add_full_name',
    ])
    expect(await stageOf(folder)).toMatchObject({ stage: 'undone', anomalies: [] })
    expect(await run(folder, ['undo', RENAME])).toMatchObject({ code: 2, err: expect.stringContaining('undone already') })
    expect(await run(folder, ['contract', RENAME])).toMatchObject({ code: 2, err: expect.stringContaining('is undone') })
    expect(await run(folder, ['check'])).toMatchObject({ code: 0, err: '' })
  })

  it('is given up where nothing went out before it', async () => {
    const drop = PRISMA_PROJECT[`prisma/migrations/${RENAME}/migration.sql`]?.split(',\n')[0]
    const folder = folderWith({
      ...PRISMA_PROJECT,
      'prisma/migrations/20260105101501_nullable/migration.sql': 'ALTER TABLE "User" ALTER COLUMN "name" DROP NOT NULL;\n',
      [`prisma/migrations/${RENAME}/migration.sql`]: `${drop};\n`,
      [SCHEMA]: FINAL.replace('  fullName String\n', ''),
    })
    expect(await run(folder, ['rewrite', '--yes'])).toMatchObject({ code: 0, err: '' })
    expect(await run(folder, ['undo', RENAME, '--yes'])).toMatchObject({ code: 0, out: expect.stringContaining('is given up') })
    const after = contentOf(folder)
    expect(after[SCHEMA]).toBe(FINAL.replace('  fullName String\n', '  name     String?\n'))
    expect(Object.keys(after).filter((file) => file.includes('/contract/'))).toEqual([])
    const marker = Object.keys(after).find((file) => file.endsWith('give_up_the_contract/migration.sql')) ?? ''
    expect(after[marker]).toMatch(/^(--.*\n)+$/)
    expect(await stageOf(folder)).toMatchObject({ stage: 'undone', anomalies: [] })
    expect(await run(folder, ['contract', RENAME])).toMatchObject({ code: 2, err: expect.stringContaining('is undone') })
  })

  it('is refused a contract that no longer fits what came after', async () => {
    const folder = await rewritten()
    const later = 'prisma/migrations/20260301000000_later/migration.sql'
    put(folder, { [later]: 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;\n' })
    expect(await run(folder, ['contract', RENAME, '--dry-run'])).toMatchObject({ code: 0 })
    put(folder, { [later]: 'ALTER TABLE "User" ALTER COLUMN "name" TYPE VARCHAR(9);\n' })
    const changed = await run(folder, ['contract', RENAME, '--yes'])
    expect(changed).toMatchObject({ code: 2, err: expect.stringContaining('the column name of User is not as the expand stage left it') })
    put(folder, { 'prisma/migrations/20260110000000_between/migration.sql': 'ALTER TABLE "User" ADD COLUMN "a" INTEGER;\n', [later]: '' })
    const before = await run(folder, ['contract', RENAME, '--yes'])
    expect(before).toMatchObject({ code: 2, err: expect.stringContaining('migrations before it have changed') })
    expect(before.err).toContain(`npx expand-contract undo ${RENAME}`)
  })
})

describe('a statement of the held contract that the ORM writes again', () => {
  const again = 'prisma/migrations/20260301000000_again/migration.sql'

  it('is taken out, and the schema has the leaving field again', async () => {
    const folder = await rewritten()
    const staged = contentOf(folder)[SCHEMA]
    put(folder, { [SCHEMA]: FINAL, [again]: '-- AlterTable\nALTER TABLE "User" DROP COLUMN "name",\nADD COLUMN     "age" INTEGER;\n' })
    expect(await run(folder, ['rewrite', '--yes'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining(`contract of ${RENAME}`),
    })
    const after = contentOf(folder)
    expect(after[SCHEMA]).toBe(staged)
    expect(after[again]).toBe(
      `-- AlterTable\n-- Held in the contract of ${RENAME} already.\nALTER TABLE "User" ADD COLUMN     "age" INTEGER;\n`,
    )
    expect(await run(folder, ['status'])).toMatchObject({ code: 0 })
    expect(await run(folder, ['rewrite'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to rewrite: /) })
  })

  it('leaves an empty migration where nothing else was in it', async () => {
    const folder = await rewritten()
    put(folder, { [SCHEMA]: FINAL, [again]: '-- AlterTable\nALTER TABLE "User" DROP COLUMN "name";\n' })
    expect(await run(folder, ['rewrite', '--yes'])).toMatchObject({ code: 0, out: expect.stringContaining('does nothing') })
    expect(contentOf(folder)[again]).toBe(`-- AlterTable\n-- Held in the contract of ${RENAME} already.\n`)
  })
})

describe('status finds', () => {
  it.each<[string, (folder: string) => void, string]>([
    ['a contract whose file is gone', (f) => rmSync(path.join(f, CONTRACT)), 'Its contract is lost: '],
    ['a plan whose folder is gone', (f) => rmSync(path.join(f, HELD), { recursive: true }), 'Its contract is lost: '],
    ['an edited contract', (f) => put(f, { [CONTRACT]: '-- x\nDROP TABLE "User";\n' }), 'contract/05-drop-name.sql was edited'],
    [
      'an edited step',
      (f) =>
        put(f, {
          [`prisma/migrations/${RENAME}_03_validate/migration.sql`]: `-- expand-contract ${RENAME}, step 03-validate\nSELECT 1;\n`,
        }),
      `${RENAME}_03_validate was edited`,
    ],
    [
      'a step that is gone',
      (f) => rmSync(path.join(f, `prisma/migrations/${RENAME}_02_backfill`), { recursive: true }),
      'Only 3 of the 4 steps of its expand stage',
    ],
    ['an edited plan', (f) => put(f, { [`${HELD}/plan.json`]: '{}' }), 'is not a valid plan'],
    [
      'the ORM’s own migration again',
      (f) => put(f, { [`prisma/migrations/${RENAME}/migration.sql`]: PRISMA_PROJECT[`prisma/migrations/${RENAME}/migration.sql`] ?? '' }),
      'again as the ORM wrote it',
    ],
    ['a schema without the leaving field', (f) => put(f, { [SCHEMA]: FINAL }), 'The schema has no field for User.name'],
    [
      'the contract written again by the ORM',
      (f) => put(f, { 'prisma/migrations/20260301000000_again/migration.sql': 'ALTER TABLE "User" DROP COLUMN "name";\n' }),
      '20260301000000_again (line 1) does what the held contract does',
    ],
  ])('%s', async (_, spoil, sentence) => {
    const folder = await rewritten()
    spoil(folder)
    const { code, out } = await run(folder, ['status', '--format', 'json'])
    expect(code).toBe(1)
    const { anomalies } = JSON.parse(out).plans[0]
    const lost = sentence.startsWith('Its contract is lost')
    expect(anomalies.join('\n')).toContain(sentence)
    const check = await run(folder, ['check', '--format', 'json'])
    expect(JSON.parse(check.out).lost?.length ?? 0).toBe(lost ? 1 : 0)
    if (lost) expect(check.code).toBe(1)
  })

  it('a contract that was released twice', async () => {
    const folder = await rewritten()
    await run(folder, ['contract', RENAME, '--yes'])
    put(folder, { 'prisma/migrations/20260301000000_other_branch/migration.sql': contentOf(folder)[RELEASED] ?? '' })
    const { anomalies } = await stageOf(folder)
    expect(anomalies).toEqual([expect.stringContaining('Step 05-drop-name stands among the migrations 2 times')])
  })
})
