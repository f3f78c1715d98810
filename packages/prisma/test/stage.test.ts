import { type Intent, type Step, stepsToUndo } from '@expand-contract/core'
import { type Server, startServer } from '@expand-contract/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restaged, story } from './support/stages.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

interface Case {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly intents?: readonly Intent[]
  /** In the place of what Prisma writes. */
  readonly sql?: string
}

const rename = (table: string, column: string, to: string): Intent => ({ kind: 'rename', table, column, to })
const drop = (table: string, column: string): Intent => ({ kind: 'drop', table, column })

const CASES: readonly Case[] = [
  {
    name: 'a renamed column with a unique key, an index and a foreign key',
    from: `model Post {
  id       Int    @id @default(autoincrement())
  slug     String @unique
  authorId Int
  author   User   @relation(fields: [authorId], references: [id])

  @@index([authorId])
  @@index([slug(sort: Desc), id])
}

model User {
  id    Int    @id
  posts Post[]
}
`,
    to: `model Post {
  id      Int    @id @default(autoincrement())
  link    String @unique // the address
  ownerId Int
  owner   User   @relation(fields: [ownerId], references: [id])

  @@index([ownerId])
  @@index([link(sort: Desc), id])
}

/// Somebody
model User {
  id    Int    @id
  posts Post[]
}
`,
    intents: [rename('Post', 'slug', 'link'), rename('Post', 'authorId', 'ownerId')],
  },
  {
    name: 'a dropped column of each kind',
    from: `enum Role {
  USER
  ADMIN
  @@map("user_role")
}

model User {
  id      Int       @id
  name    String?   @db.VarChar(40)
  role    Role      @default(USER)
  roles   Role[]
  at      DateTime  @default(now()) @map("created at")
  tz      DateTime  @db.Timestamptz(6) @default(now())
  price   Decimal   @db.Decimal(10, 2) @default(1.5)
  amount  Decimal   @default(0)
  big     BigInt    @default(12)
  flag    Boolean   @default(false)
  tags    String[]  @default(["a", "b"])
  none    String[]  @default([])
  data    Json      @default("{}")
  raw     Bytes?
  key     String    @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  small   Int       @db.SmallInt @default(-3)
  vector  Unsupported("tsvector")?
  ratio   Float     @default(0.5)
  day     DateTime  @db.Date
  text    String    @default("it's \\"x\\"")
  serial  Int       @default(autoincrement())
  other   Int
}
`,
    to: `model User {
  id      Int       @id
  other   Int
}
`,
    intents: [
      'name',
      'role',
      'roles',
      'created at',
      'tz',
      'price',
      'amount',
      'big',
      'flag',
      'tags',
      'none',
      'data',
      'raw',
      'key',
      'small',
      'vector',
      'ratio',
      'day',
      'text',
      'serial',
    ]
      .map((c) => drop('User', c))
      .concat([{ kind: 'fill', table: 'User', column: 'day', with: 'CURRENT_DATE' }]),
  },
  {
    name: 'a dropped relation and its table',
    from: `model User {
  id    Int    @id
  teamId Int?
  team  Team? @relation(fields: [teamId], references: [id])
  notes Note[]
}

model Team {
  id    Int    @id
  users User[]
}

model Note {
  id     Int  @id @default(autoincrement())
  userId Int  @unique
  user   User @relation(fields: [userId], references: [id], onDelete: Cascade)
  parentId Int?
  parent Note? @relation("tree", fields: [parentId], references: [id])
  notes  Note[] @relation("tree")
  title  String
  @@index([title])
  @@unique([title, id])
  @@map("user notes")
}
`,
    to: `model User {
  id    Int    @id
}

model Team {
  id    Int    @id
}
`,
    intents: [drop('User', 'teamId')],
  },
  {
    name: 'a removed value of an enum',
    from: `enum Role {
  USER
  ADMIN
  GUEST
}

model User {
  id   Int  @id
  role Role @default(GUEST)
  all  Role[]

  @@index([role])
}
`,
    to: `enum Role {
  USER
  ADMIN
}

model User {
  id   Int  @id
  role Role @default(USER)
  all  Role[]

  @@index([role])
}
`,
    intents: [{ kind: 'value', type: 'Role', value: 'GUEST', to: 'USER' }],
  },
  {
    name: 'a column that becomes required, and a wider one',
    from: `model User {
  id   Int  @id
  name String?
  n Int @default(3)
  m Int
  @@index([n])
}
`,
    to: `model User {
  id   Int  @id
  name String // now required
  n BigInt @default(3)
  m BigInt
  @@index([n])
}
`,
  },
  {
    name: 'a foreign key that becomes required',
    from: `model User {
  id     Int   @id
  teamId Int?
  team   Team? @relation(fields: [teamId], references: [id])
}

model Team {
  id    Int    @id
  users User[]
}
`,
    to: `model User {
  id     Int   @id
  teamId Int
  team   Team @relation(fields: [teamId], references: [id])
}

model Team {
  id    Int    @id
  users User[]
}
`,
  },
  {
    name: 'a type that old and new code read differently',
    from: `model User {
  id    Int     @id
  score String? @db.VarChar(9)
}
`,
    to: `model User {
  id    Int     @id
  score Int?
}
`,
    intents: [{ kind: 'convert', table: 'User', column: 'score', with: 'score::integer' }],
  },
  {
    name: 'a renamed table, as a person writes it',
    from: `model Post {
  id    Int    @id @default(autoincrement())
  title String @unique
}
`,
    to: `model Article {
  id    Int    @id @default(autoincrement())
  title String @unique
}
`,
    sql: `ALTER TABLE "Post" RENAME TO "Article";
ALTER TABLE "Article" RENAME CONSTRAINT "Post_pkey" TO "Article_pkey";
ALTER INDEX "Post_title_key" RENAME TO "Article_title_key";
`,
  },
  {
    name: 'a dropped default, a dropped unique key and a new required column',
    from: `model User {
  id    Int  @id
  email String @unique
  plan  String @default("free")
}
`,
    to: `model User {
  id    Int  @id
  email String
  plan  String
  country String
}
`,
    intents: [{ kind: 'fill', table: 'User', column: 'country', with: "'US'" }],
  },
]

describe('the schema of each stage', { timeout: 300_000 }, () => {
  it.each(CASES)('$name', async ({ from, to, intents = [], sql }) => {
    const s = await story(server, from, to, intents, sql)
    expect(s.plan.refusals).toEqual([])
    const { schema, unsaid } = await restaged(s.final, { is: s.after, wanted: s.expanded })
    expect(unsaid).toEqual([])
    const expand = [...s.init, ...s.steps(s.plan.stages[0].steps, s.original.id)]
    await s.engine.deploy(expand)
    expect(await s.engine.create(expand, schema)).toBeNull()
    // Back to the start, forth again, and to the end.
    const undone = await restaged(schema, { is: s.expanded, wanted: s.before, shows: s.after })
    const undo = stepsToUndo(s.plan.stages[0].steps).map((step, i) => ({ id: `20260103${i}`, sql: undoSql(step) }))
    await s.engine.deploy([...expand, ...undo])
    expect(undone.unsaid).toEqual([])
    expect(await s.engine.create([...expand, ...undo], undone.schema)).toBeNull()
    const again = [...expand, ...undo, ...s.steps(s.plan.stages[0].steps, '20260104'), ...s.steps(s.plan.stages[1].steps, '20260105')]
    await s.engine.deploy(again)
    const released = await restaged(schema, { is: s.expanded, wanted: s.contracted })
    expect(released.schema).toBe(s.final)
    expect(await s.engine.create(again, s.final)).toBeNull()
  })
})

function undoSql({ undo }: Step): string {
  return 'sql' in undo ? [...undo.sql, ...(undo.after ?? [])].map((sql) => `${sql};\n`).join('') : ''
}
