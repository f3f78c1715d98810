import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '../captured-io.ts'
import { PRISMA_PROJECT, RENAME } from '../prisma-project.ts'
import { contentOf, folderWith, put } from '../temp-folder.ts'

const FILE = 'expand-contract.baseline.json'
const SQL = `prisma/migrations/${RENAME}/migration.sql`
const LATER = { 'prisma/migrations/20260301000000_index/migration.sql': 'CREATE INDEX "User_fullName_idx" ON "User"("fullName");\n' }

async function summary(folder: string, ...args: readonly string[]) {
  const { code, out, err } = await run(folder, ['check', '--format', 'json', ...args])
  expect(err).toBe('')
  const { summary, baseline, migrations } = JSON.parse(out)
  return { code, hidden: summary.hidden, found: migrations.map((m: { id: string }) => m.id), stale: baseline?.stale.length }
}

describe('a baseline', () => {
  it('hides what was there, and nothing that is new', async () => {
    const folder = folderWith(PRISMA_PROJECT)
    const { hidden: _, ...before } = await summary(folder)
    expect(before).toEqual({ code: 1, found: [RENAME], stale: undefined })
    expect(await run(folder, ['check', '--write-baseline'])).toMatchObject({ code: 0, out: expect.stringContaining(`Wrote ${FILE}: `) })
    const written = contentOf(folder)[FILE] ?? ''
    expect(written).not.toMatch(/"line"|"column"/)
    const { findings } = JSON.parse(written)
    expect(findings[0]).toEqual({
      in: 'prisma/migrations',
      migration: RENAME,
      code: expect.any(String),
      on: expect.any(String),
      statement: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    expect(await summary(folder)).toEqual({ code: 0, hidden: findings.length, found: [], stale: 0 })
    expect(await summary(path.join(folder, 'prisma'))).toMatchObject({ code: 0, hidden: findings.length })
    expect((await run(folder, ['check'])).out).toContain(`${findings.length} known findings hidden by ${FILE} (--no-baseline shows them).`)
    expect(await summary(folder, '--no-baseline')).toMatchObject({ code: 1, hidden: 0, found: [RENAME], stale: undefined })

    put(folder, LATER)
    expect(await summary(folder)).toEqual({ code: 1, hidden: findings.length, found: ['20260301000000_index'], stale: 0 })
    expect((await run(folder, ['check', '--write-baseline'])).out).toContain('(1 new, 0 removed)')
    expect(await summary(folder)).toMatchObject({ code: 0, hidden: findings.length + 1 })
    expect(await run(folder, ['check', '--write-baseline'])).toMatchObject({ out: expect.stringContaining('(0 new, 0 removed)') })
  })

  it('stays valid where lines move, and not where the statement changes', async () => {
    const folder = folderWith(PRISMA_PROJECT)
    await run(folder, ['check', '--write-baseline'])
    const text = readFileSync(path.join(folder, SQL), 'utf8')
    put(folder, {
      [SQL]: `-- one more line\n\nCREATE TABLE "Other" (id int);\n${text.replace('ADD COLUMN     ', '\n  ADD COLUMN /* new */ ')}`,
    })
    expect(await summary(folder)).toMatchObject({ code: 0, stale: 0 })
    put(folder, { [SQL]: text.replace('"fullName" TEXT', '"fullName" VARCHAR(9)').replace('"name"', '"email"') })
    const changed = await summary(folder)
    expect(changed).toMatchObject({ code: 1, found: [RENAME] })
    expect(changed.stale).toBeGreaterThan(0)
  })

  it('names entries that match nothing any more, and drops them where it is written again', async () => {
    const folder = folderWith({ ...PRISMA_PROJECT, ...LATER })
    await run(folder, ['check', '--write-baseline'])
    put(folder, { 'prisma/migrations/20260301000000_index/migration.sql': 'SELECT 1;\n' })
    const { code, out } = await run(folder, ['check'])
    expect(code).toBe(0)
    expect(out).toContain(
      `1 entry of ${FILE} matches nothing any more:\n  20260301000000_index  create-index-blocks-writes  User_fullName_idx\n`,
    )
    // What was not looked at is not stale.
    expect(await summary(folder, `prisma/migrations/${RENAME}`)).toMatchObject({ stale: 0 })
    const before = JSON.parse(contentOf(folder)[FILE] ?? '').findings.length
    expect((await run(folder, ['check', '--newest', '--write-baseline'])).out).toContain('(0 new, 1 removed)')
    expect(JSON.parse(contentOf(folder)[FILE] ?? '').findings).toHaveLength(before - 1)
    expect(await summary(folder)).toMatchObject({ code: 0, stale: 0 })
  })

  it('knows a file that can not be read', async () => {
    const folder = folderWith({ ...PRISMA_PROJECT, [SQL]: 'THIS IS NOT SQL;\n' })
    await run(folder, ['check', '--write-baseline'])
    expect(await summary(folder)).toMatchObject({ code: 0, hidden: 1 })
    put(folder, { [SQL]: 'THIS IS NO SQL;\n' })
    expect(await summary(folder)).toMatchObject({ code: 1, hidden: 0, stale: 1 })
  })

  it('is not written where there is nothing to hide', async () => {
    const { 'prisma/schema.prisma': schema = '' } = PRISMA_PROJECT
    const folder = folderWith({ 'prisma/schema.prisma': schema })
    expect(await run(folder, ['check', '--write-baseline'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('no baseline is needed'),
    })
    expect(contentOf(folder)[FILE]).toBeUndefined()
  })

  it.each([
    ['one that is not there', {}, ['--baseline', 'other.json'], 'npx expand-contract check --write-baseline --baseline other.json'],
    ['the usual one, which is not there', {}, ['--baseline'], 'There is no baseline expand-contract.baseline.json'],
    ['one that is damaged', { [FILE]: '{ "version": 1, "findings": [{}] }' }, [], 'is not a baseline that this command wrote'],
    ['one that is no JSON', { [FILE]: '<<<<<<<' }, [], 'Restore it from git'],
    ['one of a newer version', { [FILE]: '{ "version": 2 }' }, [], 'npm install expand-contract@latest'],
    ['both at once', {}, ['--write-baseline', '--no-baseline'], 'contradict each other'],
  ])('refuses %s', async (_, files, args, message) => {
    const folder = folderWith({ ...PRISMA_PROJECT, ...files })
    const before = contentOf(folder)
    expect(await run(folder, ['check', ...args])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) })
    expect(contentOf(folder)).toEqual(before)
  })
})
