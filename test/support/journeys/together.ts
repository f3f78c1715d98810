import { created, type Kind, rename } from './kind.ts'

const SHOP = `enum Role {
  USER
  ADMIN
  GUEST
}

model Post {
  id       Int    @id @default(autoincrement())
  slug     String @unique
  authorId Int
  author   User   @relation(fields: [authorId], references: [id])
  views    Int    @default(0)

  @@index([authorId])
}

model User {
  id    Int     @id @default(autoincrement())
  role  Role    @default(GUEST)
  bio   String?
  posts Post[]
}
`
const SHOP_TS = `export const role = pgEnum('Role', ['USER', 'ADMIN', 'GUEST'])
export const users = pgTable('User', {
  id: serial('id').primaryKey(),
  role: role('role').notNull().default('GUEST'),
  bio: text('bio'),
})
export const posts = pgTable('Post', {
  id: serial('id').primaryKey(),
  slug: text('slug').notNull().unique(),
  authorId: integer('authorId').notNull().references(() => users.id),
  views: integer('views').notNull().default(0),
}, (t) => [index('Post_author').on(t.authorId)])
`

/** A renamed column with its unique key, one with a foreign key and an index, a wider type, a dropped column, a required one, a value less. */
export const TOGETHER: Kind = {
  name: 'all of it in one migration',
  prisma: {
    before: SHOP,
    after: SHOP.replace('  GUEST\n', '')
      .replace('slug     String @unique', 'link     String @unique // the address')
      .replace('authorId Int\n', 'ownerId  Int\n')
      .replace('author   User   @relation(fields: [authorId]', 'owner    User   @relation(fields: [ownerId]')
      .replace('[authorId]', '[ownerId]')
      .replace('views    Int   ', 'views    BigInt')
      .replace('@default(GUEST)', '@default(USER)')
      .replace('  bio   String?\n', '  country String\n'),
  },
  drizzle: {
    before: SHOP_TS,
    after: SHOP_TS.replace(", 'GUEST'", '')
      .replace("slug: text('slug')", "link: text('link')")
      .replace("authorId: integer('authorId')", "ownerId: integer('ownerId')")
      .replace('t.authorId', 't.ownerId')
      .replace("integer('views')", "bigint('views', { mode: 'number' })")
      .replace("default('GUEST')", "default('USER')")
      .replace("bio: text('bio')", "country: text('country').notNull()"),
    renamed: ['link', 'ownerId', 'slug', 'authorId'],
    hints: {
      there: [rename('Post', 'slug', 'link'), rename('Post', 'authorId', 'ownerId'), created('User', 'country')],
      back: [rename('Post', 'link', 'slug'), rename('Post', 'ownerId', 'authorId'), created('User', 'bio')],
    },
  },
  answers: [
    ...['--rename', 'Post.slug=link', '--rename', 'Post.authorId=ownerId', '--drop', 'User.bio'],
    ...['--fill', "User.country='US'", '--value', 'Role.GUEST=USER'],
  ],
  rows: `INSERT INTO "User" (role, bio) SELECT (ARRAY['USER','ADMIN','GUEST']::"Role"[])[g % 3 + 1], 'bio' FROM generate_series(1, 30) g;
    INSERT INTO "Post" (slug, "authorId", views) SELECT 'slug ' || g, g, g FROM generate_series(1, 30) g`,
  old: `INSERT INTO "User" (id, role, bio) VALUES (90, 'GUEST', 'old code'); INSERT INTO "Post" (slug, "authorId") VALUES ('old code', 90)`,
  new: `INSERT INTO "User" (id, role, country) VALUES (91, 'ADMIN', 'new code'); INSERT INTO "Post" (link, "ownerId") VALUES ('new code', 91)`,
  kept: {
    sql: `SELECT count(*)::int AS posts, count(DISTINCT link)::int AS links, count(*) FILTER (WHERE role = 'USER')::int AS users, count(country)::int AS countries
      FROM "Post" JOIN "User" u ON u.id = "ownerId"`,
    rows: [{ posts: 32, links: 32, users: 21, countries: 32 }],
  },
  undone: {
    sql: `SELECT count(*)::int AS posts, count(DISTINCT slug)::int AS slugs, sum(views)::int AS views FROM "Post" JOIN "User" u ON u.id = "authorId"`,
    rows: [{ posts: 32, slugs: 32, views: 465 }],
  },
}
