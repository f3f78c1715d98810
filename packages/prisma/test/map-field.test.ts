import { describe, expect, it } from 'vitest'
import { mapFields } from '../src/index.ts'
import type { SchemaFile } from '../src/schema.ts'

const BASE = `// A schema with everything that could be in the way; not "model X {".
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL") // Prisma 6
}

/* model Ghost {
  fullName String
} */
model User {
  /// the id
  id       Int      @id @default(autoincrement()) @map("user_id")
  fullName String // was "name" @map("trap")
  tag      String   @default("a // b { } @map(\\"c\\")")
  kind     Kind?    @default(USER)   @map("kind_of")   // mapped already
  posts    Post[]

  @@unique([fullName, tag]) // both
  @@map("people")
}

model Post {
  id       Int    @id
  author   User   @relation(fields: [authorId], references: [id])
  authorId Int
  title    String @db.VarChar(50)	// tab
}

enum Kind {
  USER
  fullName @map("name")
}
`

const edit = async (text: string, table: string, column: string, to: string): Promise<string> => {
  const edited = await mapFields([['/s/schema.prisma', text]], [{ table, column, to }])
  expect(edited).toHaveLength(1)
  return (edited[0] as SchemaFile)[1]
}

describe('mapFields', () => {
  it('adds @map before a comment and leaves every other byte alone', async () => {
    expect(await edit(BASE, 'people', 'name', 'fullName')).toBe(
      BASE.replace('fullName String // was', 'fullName String @map("name") // was'),
    )
    expect(await edit(BASE, '"public"."Post"', 'old title', 'title')).toBe(
      BASE.replace('@db.VarChar(50)\t', '@db.VarChar(50) @map("old title")\t'),
    )
  })

  it('replaces the name in a @map that is there', async () => {
    expect(await edit(BASE, 'people', 'kind', 'kind_of')).toBe(BASE.replace('@map("kind_of")', '@map("kind")'))
  })

  it('keeps CRLF, and finds the file in a folder of several', async () => {
    const crlf = BASE.replaceAll('\n', '\r\n')
    const at = crlf.indexOf('model Post')
    const end = crlf.indexOf('enum Kind')
    const post: SchemaFile = ['/s/post.prisma', crlf.slice(at, end)]
    const rest: SchemaFile = ['/s/schema.prisma', crlf.slice(0, at) + crlf.slice(end)]
    const [only, ...more] = await mapFields([rest, post], [{ table: 'Post', column: 'writer', to: 'authorId' }])
    expect(more).toEqual([])
    expect(only).toEqual(['/s/post.prisma', post[1].replace('authorId Int\r', 'authorId Int @map("writer")\r')])
  })

  it('does several at once', async () => {
    const maps = [
      { table: 'people', column: 'name', to: 'fullName' },
      { table: 'people', column: 'label', to: 'tag' },
    ]
    const [[, text = ''] = []] = await mapFields([['/s/schema.prisma', BASE]], maps)
    expect(text.length - BASE.length).toBe(' @map("name") @map("label")'.length)
  })

  it('tells model and schema apart', async () => {
    const two = `datasource db {
  provider = "postgresql"
  schemas  = ["public", "auth"]
}

model User {
  id   Int    @id
  name String
  @@schema("public")
}

model AuthUser {
  id   Int    @id
  name String
  @@map("User")
  @@schema("auth")
}
`
    const edited = await edit(two, 'auth.User', 'login', 'name')
    expect(edited.indexOf('@map("login")')).toBeGreaterThan(edited.indexOf('model AuthUser'))
  })

  it.each([
    ['people', 'gone', /no field for people\.gone/],
    ['User', 'fullName', /no field for User\.fullName/],
  ])('says what is missing: %s.%s', async (table, to, message) => {
    const failing = edit(BASE, table, 'name', to)
    await expect(failing).rejects.toThrow(message)
    await expect(failing).rejects.toMatchObject({ name: 'UserError' })
  })

  it('gives back nothing that Prisma does not read', async () => {
    await expect(edit(BASE, 'people', 'user_id', 'fullName')).rejects.toThrow(/Prisma can't read the schema/)
    await expect(edit(BASE.replace('Int    @id', 'Int @idd'), 'people', 'name', 'fullName')).rejects.toThrow(/npx prisma validate/)
  })
})
