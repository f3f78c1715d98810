import { type Kind, rename } from './kind.ts'

const USERS = `model users {
  id    Int    @id @default(autoincrement())
  name  String
  email String @unique
  bio   String?
}
`
const USERS_TS = `export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  bio: text('bio'),
})
`
const TEN_USERS = `INSERT INTO users (name, email, bio) SELECT 'name ' || i, 'mail ' || i, 'bio ' || i FROM generate_series(1, 10) i`

const ORDERS = `model orders {
  id     Int @id @default(autoincrement())
  amount Int @default(0)

  @@index([amount])
}
`
const ORDERS_TS = `export const orders = pgTable('orders', {
  id: serial('id').primaryKey(),
  amount: integer('amount').notNull().default(0),
}, (t) => [index('orders_amount_idx').on(t.amount)])
`

const ROLES = `enum role {
  USER
  ADMIN
  GUEST
}

model users {
  id   Int  @id @default(autoincrement())
  role role @default(GUEST)
}
`
const ROLES_TS = `export const role = pgEnum('role', ['USER', 'ADMIN', 'GUEST'])
export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  role: role('role').notNull().default('GUEST'),
})
`

const POSTS = `model users {
  id    Int     @id @default(autoincrement())
  email String
  posts posts[]
}

model posts {
  id       Int    @id @default(autoincrement())
  title    String
  owner_id Int
  owner    users? @relation(fields: [owner_id], references: [id])
}
`

export const KINDS: readonly Kind[] = [
  {
    name: 'a renamed column with its unique key',
    prisma: { before: USERS, after: USERS.replace('name  String', 'full_name String').replace('email String', 'mail  String') },
    drizzle: {
      before: USERS_TS,
      after: USERS_TS.replace("name: text('name')", "fullName: text('full_name')").replace("email: text('email')", "mail: text('mail')"),
      renamed: ['full_name', 'mail', 'name', 'email'],
      hints: {
        there: [rename('users', 'name', 'full_name'), rename('users', 'email', 'mail')],
        back: [rename('users', 'full_name', 'name'), rename('users', 'mail', 'email')],
      },
    },
    answers: ['--rename', 'users.name=full_name', '--rename', 'users.email=mail'],
    rows: TEN_USERS,
    old: `INSERT INTO users (name, email) VALUES ('old', 'old'); UPDATE users SET name = 'old too' WHERE id = 1`,
    new: `INSERT INTO users (full_name, mail) VALUES ('new', 'new'); UPDATE users SET mail = 'new too' WHERE id = 2`,
    kept: {
      sql: `SELECT count(DISTINCT mail)::int AS n, string_agg(full_name || '/' || mail, ' ' ORDER BY full_name) FILTER (WHERE full_name || mail ~ 'old|new') AS all FROM users`,
      rows: [{ n: 12, all: 'name 2/new too new/new old/old old too/mail 1' }],
    },
    undone: {
      sql: `SELECT count(DISTINCT email)::int AS n, string_agg(name || '/' || email, ' ' ORDER BY name) FILTER (WHERE name || email ~ 'old|new') AS all FROM users`,
      rows: [{ n: 12, all: 'name 2/new too new/new old/old old too/mail 1' }],
    },
  },
  {
    name: 'a wider type',
    prisma: { before: ORDERS, after: ORDERS.replace('amount Int ', 'amount BigInt ') },
    drizzle: { before: ORDERS_TS, after: ORDERS_TS.replace("integer('amount')", "bigint('amount', { mode: 'number' })") },
    answers: [],
    rows: `INSERT INTO orders (amount) SELECT i FROM generate_series(1, 10) i`,
    old: `INSERT INTO orders (amount) VALUES (100); UPDATE orders SET amount = 101 WHERE id = 1`,
    new: `INSERT INTO orders DEFAULT VALUES; UPDATE orders SET amount = 102 WHERE id = 2`,
    kept: { sql: `SELECT sum(amount)::int AS n, count(*)::int AS all FROM orders`, rows: [{ n: 355, all: 12 }] },
    undone: { sql: `SELECT sum(amount)::int AS n, count(*)::int AS all FROM orders`, rows: [{ n: 355, all: 12 }] },
  },
  {
    name: 'a type that is read differently',
    prisma: {
      before: ORDERS.replace('amount Int @default(0)', 'amount String?').replace('\n  @@index([amount])\n', ''),
      after: ORDERS.replace('amount Int @default(0)', 'amount Int?').replace('\n  @@index([amount])\n', ''),
    },
    drizzle: {
      before: ORDERS_TS.replace("integer('amount').notNull().default(0)", "text('amount')").replace(/, \(t\).*\)$/m, ')'),
      after: ORDERS_TS.replace("integer('amount').notNull().default(0)", "integer('amount')").replace(/, \(t\).*\)$/m, ')'),
      mended: ['SET DATA TYPE integer;', 'SET DATA TYPE integer USING "amount"::integer;'],
    },
    answers: ['--convert', 'orders.amount=amount::integer'],
    back: ['--convert', 'orders.amount=amount::text'],
    rows: `INSERT INTO orders (amount) SELECT i::text FROM generate_series(1, 10) i`,
    old: `INSERT INTO orders (amount) VALUES ('100'); UPDATE orders SET amount = '101' WHERE id = 1`,
    // New code goes out with the contract.
    new: '',
    kept: { sql: `SELECT sum(amount)::int AS n, count(*)::int AS all FROM orders`, rows: [{ n: 255, all: 11 }] },
    undone: { sql: `SELECT sum(amount::int)::int AS n, count(*)::int AS all FROM orders`, rows: [{ n: 255, all: 11 }] },
  },
  {
    name: 'a new required column',
    prisma: { before: USERS, after: USERS.replace('bio   String?', 'bio   String?\n  country String') },
    drizzle: { before: USERS_TS, after: USERS_TS.replace("bio: text('bio'),", "bio: text('bio'),\n  country: text('country').notNull(),") },
    answers: ['--fill', "users.country='US'"],
    rows: TEN_USERS,
    old: `INSERT INTO users (name, email) VALUES ('old', 'old')`,
    new: `INSERT INTO users (name, email, country) VALUES ('new', 'new', 'FR')`,
    kept: {
      sql: `SELECT country, count(*)::int AS n FROM users GROUP BY 1 ORDER BY 1`,
      rows: [
        { country: 'FR', n: 1 },
        { country: 'US', n: 11 },
      ],
    },
    undone: { sql: `SELECT count(email)::int AS n FROM users`, rows: [{ n: 12 }] },
  },
  {
    name: 'a dropped column',
    prisma: { before: USERS, after: USERS.replace('  bio   String?\n', '') },
    drizzle: { before: USERS_TS, after: USERS_TS.replace("  bio: text('bio'),\n", '') },
    answers: ['--drop', 'users.bio'],
    rows: TEN_USERS,
    old: `INSERT INTO users (name, email, bio) VALUES ('old', 'old', 'old')`,
    new: `INSERT INTO users (name, email) VALUES ('new', 'new')`,
    kept: { sql: `SELECT count(email)::int AS n FROM users`, rows: [{ n: 12 }] },
    // Before the contract all of it is there; after it the data are gone, and only the column comes back.
    undone: { sql: `SELECT count(email)::int AS n, count(bio) IN (0, 11) AS bio FROM users`, rows: [{ n: 12, bio: true }] },
  },
  {
    name: 'a removed value of an enum',
    prisma: { before: ROLES, after: ROLES.replace('  GUEST\n', '').replace('(GUEST)', '(USER)') },
    drizzle: { before: ROLES_TS, after: ROLES_TS.replace(", 'GUEST'", '').replace("default('GUEST')", "default('USER')") },
    answers: ['--value', 'role.GUEST=USER'],
    rows: `INSERT INTO users (role) SELECT (ARRAY['USER','ADMIN','GUEST']::role[])[i % 3 + 1] FROM generate_series(1, 30) i`,
    old: `INSERT INTO users (role) VALUES ('ADMIN')`,
    new: `INSERT INTO users (role) VALUES ('USER')`,
    kept: {
      sql: `SELECT role::text, count(*)::int AS n FROM users GROUP BY 1 ORDER BY 1`,
      rows: [
        { role: 'ADMIN', n: 11 },
        { role: 'USER', n: 21 },
      ],
    },
    undone: { sql: `SELECT count(*)::int AS n FROM users`, rows: [{ n: 32 }] },
  },
  {
    name: 'a renamed table',
    prisma: {
      before: USERS,
      after: USERS.replace('model users', 'model people'),
      sql: {
        there: `ALTER TABLE "users" RENAME TO "people";\nALTER TABLE "people" RENAME CONSTRAINT "users_pkey" TO "people_pkey";\nALTER INDEX "users_email_key" RENAME TO "people_email_key";\n`,
        back: `ALTER TABLE "people" RENAME TO "users";\nALTER TABLE "users" RENAME CONSTRAINT "people_pkey" TO "users_pkey";\nALTER INDEX "people_email_key" RENAME TO "users_email_key";\n`,
      },
    },
    drizzle: {
      before: USERS_TS,
      after: USERS_TS.replace("users = pgTable('users'", "people = pgTable('people'"),
      renamed: ['people', 'users'],
      hints: {
        there: [{ type: 'rename', kind: 'table', from: ['public', 'users'], to: ['public', 'people'] }],
        back: [{ type: 'rename', kind: 'table', from: ['public', 'people'], to: ['public', 'users'] }],
      },
    },
    answers: [],
    rows: TEN_USERS,
    old: `INSERT INTO users (name, email) VALUES ('old', 'old')`,
    new: `INSERT INTO people (name, email) VALUES ('new', 'new')`,
    kept: { sql: `SELECT count(email)::int AS n FROM people`, rows: [{ n: 12 }] },
    undone: { sql: `SELECT count(email)::int AS n FROM users`, rows: [{ n: 12 }] },
  },
  {
    name: 'a unique key, a foreign key and an index together',
    prisma: {
      before: POSTS.replace('  posts posts[]\n', '').replace(/ {2}owner {4}users.*\n/, ''),
      after: POSTS.replace('email String', 'email String @unique').replace(
        'users? @relation(fields: [owner_id], references: [id])',
        'users  @relation(fields: [owner_id], references: [id])\n\n  @@index([owner_id])\n  @@unique([title, owner_id])',
      ),
    },
    drizzle: {
      before: `export const users = pgTable('users', { id: serial('id').primaryKey(), email: text('email').notNull() })
export const posts = pgTable('posts', { id: serial('id').primaryKey(), title: text('title').notNull(), ownerId: integer('owner_id').notNull() })
`,
      after: `export const users = pgTable('users', { id: serial('id').primaryKey(), email: text('email').notNull().unique() })
export const posts = pgTable('posts', {
  id: serial('id').primaryKey(),
  title: text('title').notNull(),
  ownerId: integer('owner_id').notNull().references(() => users.id),
}, (t) => [index('posts_owner_idx').on(t.ownerId), uniqueIndex('posts_title_owner').on(t.title, t.ownerId)])
`,
    },
    answers: [],
    rows: `INSERT INTO users (email) SELECT 'mail ' || i FROM generate_series(1, 10) i; INSERT INTO posts (title, owner_id) SELECT 'title', i FROM generate_series(1, 10) i`,
    old: `INSERT INTO posts (title, owner_id) VALUES ('old', 1)`,
    new: `INSERT INTO posts (title, owner_id) VALUES ('new', 2)`,
    kept: { sql: `SELECT count(*)::int AS n FROM posts`, rows: [{ n: 12 }] },
    undone: { sql: `SELECT count(*)::int AS n FROM posts`, rows: [{ n: 12 }] },
  },
]
