import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Layout, Plan } from '@expand-contract/core'
import { drizzle } from '@expand-contract/drizzle'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { schemaLines, scratch } from '../../packages/drizzle/test/support/database.ts'
import { migrator } from '../../packages/drizzle/test/support/migrator.ts'
import { makeProject, type Project } from '../../packages/drizzle/test/support/project.ts'
import { runEmitted } from '../../packages/drizzle/test/support/run-emitted.ts'
import { generate, SCHEMAS, station } from '../../packages/drizzle/test/support/shop.ts'

let pg: Awaited<ReturnType<typeof scratch>>
beforeAll(async () => {
  pg = await scratch()
})
afterAll(() => pg?.server.stop())

const ROWS = `INSERT INTO users (name, email) SELECT 'name ' || i, 'mail ' || i FROM generate_series(1, 50) AS i`

/** A rename, a required column and an index: generated, rewritten and run up to the end of expand. */
async function expanded(version: 0 | 1) {
  const project = await makeProject(version)
  onTestFinished(() => project.remove())
  await station(project, 'before')
  await generate(project, version, 'init')
  const client = await pg.database()
  onTestFinished(() => client.end())
  const migrations = path.join(project.dir, 'drizzle')
  await migrator(version)(client, migrations)
  await client.query(ROWS)
  await station(project, 'after')
  await generate(project, version, 'change')
  const before = await schemaLines(client)
  const wanted = await withoutUs(project, version)
  const rewritten = await run(project.dir, ['rewrite', '--fill', "users.country='US'", '--yes'])
  expect(rewritten).toMatchObject({ code: 0, err: '' })
  const plan = await planOf(project)
  const layout = (await drizzle.find(project.dir)) as Layout
  await runEmitted(client, plan.stages[0], (await drizzle.read(layout)).migrations.slice(1), version)
  return { project, client, plan, layout, before, wanted, migrate: () => migrator(version)(client, migrations) }
}

/** What the kit's own migration makes of an empty database. */
async function withoutUs(project: Project, version: 0 | 1): Promise<string[]> {
  const client = await pg.database()
  onTestFinished(() => client.end())
  await migrator(version)(client, path.join(project.dir, 'drizzle'))
  return schemaLines(client)
}

async function planOf(project: Project): Promise<Plan> {
  const [id = ''] = await readdir(path.join(project.dir, 'expand-contract'))
  return JSON.parse(await project.read(`expand-contract/${id}/plan.json`)) as Plan
}

/** The kit finds everything in order and nothing to do. */
async function quiet(project: Project, version: 0 | 1): Promise<void> {
  const before = await project.files('drizzle')
  const check = await project.kit(['check'])
  expect(check.output).toMatch(/Everything's fine/)
  expect(check.output).not.toMatch(/Warning/)
  expect(await generate(project, version, 'next')).toMatch(/No schema changes/i)
  expect(await project.files('drizzle')).toEqual(before)
}

async function values(client: Client, column: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM users WHERE ${column} = 'name ' || id`)
  return rows[0]?.n ?? 0
}

// What the kit says after a rewrite is shown in packages/drizzle/test/journey.test.ts.
describe.each([0, 1] as const)('Drizzle Kit (alias %i)', { timeout: 300_000 }, (version) => {
  it('finds nothing to do at each stage, and the contract ends where its own migration would', async () => {
    const { project, client, plan, layout, wanted, migrate } = await expanded(version)
    expect(await run(project.dir, ['status'])).toMatchObject({ code: 0 })
    expect(await run(project.dir, ['contract', plan.id, '--yes'])).toMatchObject({ code: 0, err: '' })
    expect(await project.read('src/schema.ts')).toBe(SCHEMAS.after)
    await quiet(project, version)
    const contract = (await drizzle.read(layout)).migrations.slice(-plan.stages[1].steps.length)
    expect(contract[0]?.text).toContain('DROP COLUMN "name"')
    await runEmitted(client, plan.stages[1], contract, version)
    expect(await schemaLines(client)).toEqual(wanted)
    expect(await values(client, 'full_name')).toBe(50)
    expect(await run(project.dir, ['status', '--format', 'json'])).toMatchObject({ code: 0, out: expect.stringContaining('"released"') })
    expect(await run(project.dir, ['check'])).toMatchObject({ code: 0 })
    // The next change follows.
    await station(project, 'next')
    await generate(project, version, 'next')
    await migrate()
    expect(await schemaLines(client)).toContain('posts.title text not null')
  })

  it('is undone by what the kit generates, with the data kept', async () => {
    const { project, client, plan, layout, before } = await expanded(version)
    await client.query(`UPDATE users SET full_name = 'new' WHERE id = 1`)
    const early = await run(project.dir, ['undo', plan.id, '--yes'])
    expect(early).toMatchObject({ code: 2, err: expect.stringContaining('npx drizzle-kit generate --name undo') })

    await station(project, 'before')
    await generate(project, version, 'undo')
    expect(await run(project.dir, ['undo', plan.id, '--yes'])).toMatchObject({ code: 0, err: '' })
    await quiet(project, version)
    const { migrations } = await drizzle.read(layout)
    const own = migrations.filter(({ text }) => text.includes(`expand-contract ${plan.id}, undo of step`))
    for (const { text } of own) {
      // Each in the transaction that it needs, as a runner has it; the first statement is the guard.
      for (const statement of text.split('--> statement-breakpoint').slice(own.length > 1 ? 1 : 0)) await client.query(statement)
    }
    expect(await schemaLines(client)).toEqual(before)
    expect(await values(client, 'name')).toBe(49)
    expect((await client.query(`SELECT name FROM users WHERE id = 1`)).rows).toEqual([{ name: 'new' }])
    expect(await run(project.dir, ['status', '--format', 'json'])).toMatchObject({ code: 0, out: expect.stringContaining('"undone"') })
  })
})
