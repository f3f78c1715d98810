import { expect, it } from 'vitest'
import { run } from '../captured-io.ts'
import { PRISMA_PROJECT, RENAME } from '../prisma-project.ts'
import { folderWith, put } from '../temp-folder.ts'

const ANSWER = ['--rename', 'User.name=fullName']

it('proves a written plan, in words and as data, and finds a plan that is wrong', async () => {
  const folder = folderWith(PRISMA_PROJECT)
  await run(folder, ['rewrite', ...ANSWER])
  const { code, out } = await run(folder, ['verify'])
  expect(out).toMatch(/Proved: \d laws held/)
  expect(code).toBe(0)

  const file = `prisma/expand-contract/${RENAME}/plan.json`
  const { readFileSync } = await import('node:fs')
  const plan = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))
  plan.stages[0].steps = plan.stages[0].steps.filter((step: { kind: string }) => step.kind !== 'backfill')
  put(folder, { [file]: JSON.stringify(plan) })
  const broken = await run(folder, ['verify', RENAME, '--format', 'json'])
  expect(broken.code).toBe(1)
  const { verdicts } = JSON.parse(broken.out) as { verdicts: { plan: string; laws: { status: string }[] }[] }
  expect(verdicts.map((v) => v.plan)).toEqual([RENAME])
  expect(verdicts[0]?.laws.some((l) => l.status === 'broken')).toBe(true)
})

it('proves a migration that is not rewritten yet, and writes nothing', async () => {
  const sql = 'CREATE INDEX "User_name_idx" ON "User"("name");\n'
  const folder = folderWith({ ...PRISMA_PROJECT, [`prisma/migrations/${RENAME}/migration.sql`]: sql })
  const { code, out } = await run(folder, ['verify', RENAME])
  expect(out).toMatch(/Proved: \d laws held/)
  expect(code).toBe(0)
})

it('says what is missing where there is nothing to prove', async () => {
  const folder = folderWith(PRISMA_PROJECT)
  expect(await run(folder, ['verify'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('There is no plan yet in prisma/expand-contract'),
  })
  expect(await run(folder, ['verify', 'init'])).toMatchObject({ code: 0, out: expect.stringContaining('has no hazard') })
  const refused = await run(folder, ['verify', RENAME])
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('--rename "User.name=fullName"') })
  expect(await run(folder, ['verify', 'nothing-like-it'])).toMatchObject({ code: 2 })
})

it('never prints the URL of a database', async () => {
  const folder = folderWith({ ...PRISMA_PROJECT, 'expand-contract.config.json': '{ "database": "SHADOW" }' })
  await run(folder, ['rewrite', ...ANSWER])
  const unset = await run(folder, ['verify'])
  expect(unset).toMatchObject({ code: 2, err: expect.stringContaining('SHADOW') })
  const url = 'postgresql://me:secret@127.0.0.1:1/none'
  for (const [args, env] of [
    [[], { SHADOW: url }],
    [['--database', url], {}],
  ] as const) {
    const { code, out, err } = await run(folder, ['verify', ...args], { env })
    expect(code).toBe(2)
    expect(out + err).not.toContain('secret')
    expect(out + err).not.toContain('me:')
  }
})
