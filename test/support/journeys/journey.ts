import { expect } from 'vitest'
import { run } from '../../../packages/cli/test/captured-io.ts'
import type { Kind } from './kind.ts'
import type { Orm } from './orm.ts'
import { differences, schemaOf } from './schema.ts'

/**
 * There with the contract, back after it, there again and back before it: at every stage the ORM finds nothing to do, and at each end the database is what the ORM alone would have made
 * of it, with the data.
 */
export async function journey(orm: Orm, kind: Kind): Promise<void> {
  const start = await schemaOf(orm.client)
  await orm.client.query(kind.rows)
  await orm.edit('there')
  await orm.generate('first', 'there')
  const wanted = await orm.wanted()
  await rewrite(orm, kind.answers)
  await orm.deploy()
  expect(await orm.next()).toBeUndefined()
  await orm.client.query(kind.old)
  await orm.client.query(kind.new)
  await release(orm, wanted)
  const { wrote, is } = await orm.schema('there')
  expect(is).toBe(wrote)
  expect((await orm.client.query(kind.kept.sql)).rows).toEqual(kind.kept.rows)

  const isReleased = (await plans(orm)).some((p) => p.stage === 'released')
  if (isReleased) await undoReleased(orm, 'first', kind.back)
  else await undoHeld(orm, 'first')
  await orm.deploy()
  expect(await orm.next()).toBeUndefined()
  await release(orm, start)
  expect((await orm.client.query(kind.undone.sql)).rows).toEqual(kind.undone.rows)

  await orm.edit('there')
  await orm.generate('second', 'there')
  await rewrite(orm, kind.answers)
  await orm.deploy()
  expect(await orm.next()).toBeUndefined()
  await undoHeld(orm, 'second')
  await orm.deploy()
  expect(await orm.next()).toBeUndefined()
  expect(await differences(start, orm.client)).toEqual([])
  expect((await orm.client.query(kind.undone.sql)).rows).toEqual(kind.undone.rows)
}

async function rewrite({ folder }: Orm, answers: readonly string[]): Promise<void> {
  const { code, out, err } = await run(folder, ['rewrite', ...answers, '--yes'])
  expect(code, out + err).toBe(0)
}

/** Every contract that is held goes out. */
async function release(orm: Orm, wanted: Awaited<ReturnType<typeof schemaOf>>): Promise<void> {
  for (const { id } of (await plans(orm)).filter((p) => p.stage === 'held')) {
    expect(await run(orm.folder, ['contract', id, '--yes'])).toMatchObject({ code: 0, err: '' })
  }
  await orm.deploy()
  expect(await orm.next()).toBeUndefined()
  expect(await differences(wanted, orm.client)).toEqual([])
  expect((await plans(orm)).flatMap((p) => p.anomalies)).toEqual([])
}

async function plans({ folder }: Orm): Promise<{ id: string; stage: string; anomalies: string[] }[]> {
  return JSON.parse((await run(folder, ['status', '--format', 'json'])).out).plans
}

/** Back after the contract: the ORM writes a migration, and it is rewritten with the answers that `undo` prints. */
async function undoReleased(orm: Orm, name: string, more: readonly string[] = []): Promise<void> {
  const { out, err } = await run(orm.folder, ['undo', name, '--yes'])
  const command = /npx expand-contract rewrite(.*)/.exec(out + err)?.[1]
  expect(command, out + err).toBeDefined()
  const written = await orm.next()
  await orm.edit('back')
  // Where the ORM's schema could be taken back by machine, it says what the old one said.
  if (written !== undefined) expect(await orm.next()).toBe(written)
  await orm.generate('return', 'back')
  await rewrite(orm, [...words(command ?? ''), ...more])
}

/** A command line as a shell cuts it. */
function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '')
}

async function undoHeld(orm: Orm, name: string): Promise<void> {
  const { code, out, err } = await run(orm.folder, ['undo', name, '--yes'])
  if (code !== 0) {
    // Drizzle Kit writes the snapshot first.
    expect(err, out).toContain('npx drizzle-kit generate --name undo')
    await orm.edit('back')
    await orm.generate('undo', 'back')
    expect(await run(orm.folder, ['undo', name, '--yes'])).toMatchObject({ code: 0, err: '' })
  }
}
