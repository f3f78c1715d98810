import { eq, sql } from 'drizzle-orm-0'
import { drizzle } from 'drizzle-orm-0/node-postgres'
import { bigint, integer, pgEnum, pgTable, serial, text } from 'drizzle-orm-0/pg-core'
import type { Client } from 'pg'
import { expect } from 'vitest'

const oldRole = pgEnum('Role', ['USER', 'ADMIN', 'GUEST'])
const newRole = pgEnum('Role', ['USER', 'ADMIN'])

/** Tables of the shop as old and as new code declares them; the fields have the same names, so that both do the same. */
export const OLD = {
  users: pgTable('User', { id: serial('id').primaryKey(), role: oldRole('role').notNull().default('GUEST'), more: text('bio') }),
  posts: pgTable('Post', {
    id: serial('id').primaryKey(),
    slug: text('slug').notNull().unique(),
    by: integer('authorId').notNull(),
    views: integer('views').notNull().default(0),
  }),
}
export const NEW = {
  users: pgTable('User', {
    id: serial('id').primaryKey(),
    role: newRole('role').notNull().default('USER'),
    more: text('country').notNull(),
  }),
  posts: pgTable('Post', {
    id: serial('id').primaryKey(),
    slug: text('link').notNull().unique(),
    by: integer('ownerId').notNull(),
    views: bigint('views', { mode: 'number' }).notNull().default(0),
  }),
}

/** Everything that an application does with Drizzle: it must not fail, and must find what it wrote. Returns the slugs of its posts. */
export async function works(client: Client, { users, posts }: typeof OLD | typeof NEW, tag: string): Promise<string[]> {
  const db = drizzle({ client })
  const slug = (i: number): string => `${tag} ${i}`
  const [user] = await db
    .insert(users as typeof NEW.users)
    .values({ more: tag })
    .returning()
  expect(user).toMatchObject({ more: tag })
  const by = user?.id ?? 0
  const own = posts as typeof NEW.posts
  await db.insert(own).values([
    { slug: slug(1), by },
    { slug: slug(2), by, views: 7 },
  ])
  for (let i = 0; i < 2; i++) {
    await db
      .insert(own)
      .values({ slug: slug(3), by })
      .onConflictDoUpdate({ target: own.slug, set: { views: sql`${own.views} + 9` } })
  }
  await db
    .update(own)
    .set({ views: 5 })
    .where(eq(own.slug, slug(1)))
  await db.transaction(async (tx) => {
    await tx.delete(own).where(eq(own.slug, slug(2)))
    await tx
      .update(users as typeof NEW.users)
      .set({ role: 'ADMIN' })
      .where(eq(users.id, by))
    await tx.insert(own).values({ slug: slug(4), by })
  })
  const found = await db
    .select({ slug: own.slug, views: own.views, role: users.role, more: users.more })
    .from(own)
    .innerJoin(users, eq(own.by, users.id))
    .where(eq(own.by, by))
    .orderBy(own.slug)
  expect(found).toEqual(
    [
      [1, 5],
      [3, 9],
      [4, 0],
    ].map(([i = 0, views]) => ({ slug: slug(i), views, role: 'ADMIN', more: tag })),
  )
  return (await db.select().from(own)).map((post) => post.slug).sort()
}
