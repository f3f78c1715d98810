import { type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../packages/cli/test/captured-io.ts'
import { wholeFile } from '../../packages/prisma/test/support/run-script.ts'
import * as DRIZZLE from '../support/journeys/drizzle-client.ts'
import { works as drizzleWorks } from '../support/journeys/drizzle-client.ts'
import type { Orm } from '../support/journeys/orm.ts'
import { prismaProject } from '../support/journeys/prisma.ts'
import { prismaClient } from '../support/journeys/prisma-client.ts'
import { TOGETHER } from '../support/journeys/together.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

// biome-ignore lint/suspicious/noExplicitAny: the types of a client that does not exist yet.
type Client = any

/** The names that a code knows. */
interface Names {
  readonly slug: string
  readonly author: string
  readonly authorId: string
  /** What it says of a user. */
  readonly user: Readonly<Record<string, unknown>>
  readonly role: string
}

const OLD: Names = { slug: 'slug', author: 'author', authorId: 'authorId', user: { bio: 'bio' }, role: 'GUEST' }
const NEW: Names = { slug: 'link', author: 'owner', authorId: 'ownerId', user: { country: 'FR' }, role: 'ADMIN' }

/** Everything that an application does: it must not fail, and must find what it wrote. Returns the slugs of its posts. */
async function works(client: Client, names: Names, tag: string): Promise<string[]> {
  const slug = (i: number): string => `${tag} ${i}`
  const by = (i: number) => ({ [names.slug]: slug(i) })
  const user = await client.user.create({
    data: { ...names.user, role: names.role, posts: { create: [by(1), { ...by(2), views: 7 }] } },
    include: { posts: true },
  })
  // While the contract is held, what takes the removed value's place is what is stored.
  expect([names.role, 'USER']).toContain(user.role)
  expect(user).toMatchObject({ ...names.user, posts: [by(1), by(2)] })
  await client.post.update({ where: by(1), data: { views: { increment: 5 } } })
  for (let i = 0; i < 2; i++) {
    await client.post.upsert({
      where: by(3),
      create: { ...by(3), [names.author]: { connect: { id: user.id } } },
      update: { views: 9, [names.author]: { update: names.user } },
    })
  }
  await client.$transaction([
    client.post.create({ data: { ...by(4), [names.author]: { create: names.user } } }),
    client.post.update({ where: by(4), data: { ...by(5) } }),
  ])
  await client.$transaction(async (tx: Client) => {
    await tx.user.update({ where: { id: user.id }, data: { role: 'USER', posts: { delete: by(2) } } })
    await tx.post.createMany({ data: [{ ...by(6), [names.authorId]: user.id }] })
  })
  const posts = await client.post.findMany({
    where: { [names.author]: { id: { gt: 0 } }, [names.slug]: { startsWith: tag } },
    select: { [names.slug]: true, views: true, [names.authorId]: true, [names.author]: { select: { role: true } } },
    orderBy: { [names.slug]: 'asc' },
  })
  expect(posts.map((p: Client) => [p[names.slug], Number(p.views)])).toEqual([
    [slug(1), 5],
    [slug(3), 9],
    [slug(5), 0],
    [slug(6), 0],
  ])
  expect(await client.user.count({ where: { id: user.id, role: 'USER', ...names.user } })).toBe(1)
  return posts.map((p: Client) => p[names.slug])
}

async function expanded(orm: Orm): Promise<void> {
  await orm.client.query(TOGETHER.rows)
  await orm.edit('there')
  await orm.generate('change', 'there')
  expect(await run(orm.folder, ['rewrite', ...TOGETHER.answers, '--yes'])).toMatchObject({ code: 0, err: '' })
}

describe('code with Prisma Client', { timeout: 300_000 }, () => {
  it('of the old schema and of the staged one both work while the contract is held, and the staged one behind it', async () => {
    const orm = await prismaProject(server, TOGETHER, 7, wholeFile)
    const old = await prismaClient((await orm.schema('back')).wrote, orm.client)
    const slugs = await works(old, OLD, 'before')
    await expanded(orm)
    await orm.deploy()
    const staged = await prismaClient((await orm.schema('there')).is, orm.client)
    slugs.push(...(await works(old, OLD, 'old')), ...(await works(staged, NEW, 'new')), ...(await works(old, OLD, 'again')))
    const seen = async (client: Client, name: string): Promise<string[]> =>
      (await client.post.findMany({ where: { NOT: { [name]: { startsWith: 'slug' } } } })).map((p: Client) => p[name]).sort()
    expect(await seen(old, 'slug')).toEqual([...slugs].sort())
    expect(await seen(staged, 'link')).toEqual([...slugs].sort())
    expect(await run(orm.folder, ['contract', 'change', '--yes'])).toMatchObject({ code: 0, err: '' })
    await orm.deploy()
    slugs.push(...(await works(staged, NEW, 'contracted')))
    const final = await prismaClient((await orm.schema('there')).is, orm.client)
    slugs.push(...(await works(final, NEW, 'final')))
    expect(await seen(final, 'link')).toEqual([...slugs].sort())
  })
})

describe('code with Drizzle', { timeout: 300_000 }, () => {
  it('of the old schema and of the new one both work while the contract is held, and the new one behind it', async () => {
    // Drizzle does not look who made the database.
    const orm = await prismaProject(server, TOGETHER, 7, wholeFile)
    await drizzleWorks(orm.client, DRIZZLE.OLD, 'before')
    await expanded(orm)
    await orm.deploy()
    await drizzleWorks(orm.client, DRIZZLE.OLD, 'old')
    await drizzleWorks(orm.client, DRIZZLE.NEW, 'new')
    expect(await drizzleWorks(orm.client, DRIZZLE.OLD, 'again')).toHaveLength(30 + 4 * 3)
    expect(await run(orm.folder, ['contract', 'change', '--yes'])).toMatchObject({ code: 0, err: '' })
    await orm.deploy()
    expect(await drizzleWorks(orm.client, DRIZZLE.NEW, 'contracted')).toHaveLength(30 + 5 * 3)
  })
})
