import { describe, expect, it } from 'vitest'
import { editColumns } from '../src/edit-columns.ts'

const IMPORT = `import { pgSchema, pgTable, pgTableCreator, text, varchar } from 'drizzle-orm/pg-core'\n`
const NAME = { table: 'users', column: 'name', to: 'full_name' }

/** The text after the edit, or why there is none. */
function edit(text: string, map = NAME, ...others: string[]): string {
  const files = [text, ...others].map((t, i) => ({ path: `/src/${i}.ts`, text: t }))
  const edited = editColumns(files, [map])
  return 'missing' in edited ? edited.missing : edited.files.map((f) => f.text).join('\n// next file\n')
}

describe('the field keeps its old column, and every other byte stays', () => {
  it.each([
    ["pgTable('users', { fullName: text('full_name').notNull(), email: text('email') })", "text('full_name')", "text('name')"],
    ['pgTable("users", {\n  // who\n  fullName:   text("full_name") , // was: name\n})', '"full_name"', '"name"'],
    ['pgTable(`users`, { fullName: text(`full_name`) })', '`full_name`', '`name`'],
    ["pgTable('users', (t) => ({ fullName: t.text('full_name').notNull().default('x') }))", "'full_name'", "'name'"],
    ["pgTable('users', (t) => { return { fullName: t.text('full_name') } })", "'full_name'", "'name'"],
    ["pgTable('users', { ...timestamps, fullName: text('full_name') } as const, (t) => [index().on(t.fullName)])", "'full_name'", "'name'"],
    ["pgTable.withRLS('users', { fullName: text('full_name') })", "'full_name'", "'name'"],
    // Without a name of its own: the casing of the configuration makes it from the key.
    ["pgTable('users', { fullName: text().notNull() })", 'text()', "text('name')"],
    ["pgTable('users', { fullName: text(/* as */).notNull() })", '/* as */', "/* as */'name'"],
    ["pgTable('users', { fullName: varchar({ length: 255 }) })", 'varchar({', "varchar('name', {"],
    ["pgTable('users', { full_name: text() })", 'text()', "text('name')"],
  ])('%s', (declaration, from, to) => {
    const text = `${IMPORT}\nexport const users = ${declaration}\n\nexport const posts = pgTable('posts', { full_name: text('full_title') })\n`
    expect(edit(text)).toBe(text.replace(from, to))
  })

  it('in a schema of its own, under a prefix, under another name, in another file', () => {
    const auth = `${IMPORT}const auth = pgSchema('auth')\nexport const u = auth.table('users', { n: text('full_name') })\n`
    expect(edit(auth, { ...NAME, table: 'auth.users' })).toBe(auth.replace('full_name', 'name'))
    expect(edit(auth)).toMatch(/no table "users"/)

    const creator = `${IMPORT}export const make = pgTableCreator((name) => \`shop_\${name}\`)\n`
    const table = `import { text } from "drizzle-orm/pg-core"\nimport { make } from "./0"\nexport const u = make("users", { fullName: text() })\n`
    expect(edit(table, { ...NAME, table: 'shop_users' }, creator)).toBe(table.replace('text()', 'text("name")'))

    const aliased = `import { pgTable as t, text } from 'drizzle-orm/pg-core'\nimport * as pg from 'drizzle-orm/pg-core'\nt('users', { a: text('full_name') })\n`
    expect(edit(aliased)).toBe(aliased.replace('full_name', 'name'))
    const space = `import * as pg from 'drizzle-orm/pg-core'\npg.pgTable('users', { a: pg.text('full_name') })\n`
    expect(edit(space, NAME, `${IMPORT}pgTable('posts', { a: text('full_name') })`)).toBe(space.replace('full_name', 'name'))
  })

  it('with whatever the column is called', () => {
    const text = `${IMPORT}pgTable('users', { a: text('full_name') })`
    expect(edit(text, { ...NAME, column: "it's \\ a" })).toBe(text.replace("'full_name'", "'it\\'s \\\\ a'"))
  })
})

describe('what is not certain is left alone', () => {
  it.each([
    ["pgTable('people', { a: text('full_name') })", /no table "users"/],
    ["pgTable('users', { a: text('name') })", /field of "users.full_name" was not found/],
    ["pgTable('users', columns)", /field of "users.full_name" was not found/],
    ["pgTable('users', { ...names })", /field of "users.full_name" was not found/],
    ["pgTable('users', { a: text('full_name'), b: text('full_name') })", /was not found/],
    ["pgTable('users', { fullName: text(nameOf('x')) })", /column name of "users.full_name" is computed/],
    ["pgTable('users', { a: text('full_name') })\npgTable('users', { a: text('full_name') })", /declared 2 times/],
    ["notDrizzle('users', { a: text('full_name') })", /no table "users"/],
  ])('%s', (declaration, why) => {
    expect(edit(`${IMPORT}${declaration}`)).toMatch(why)
  })

  it('a name in a constant that other columns may share', () => {
    const text = `${IMPORT}const N = 'full_name'\npgTable('users', { a: text(N) })\npgTable('posts', { a: text(N) })`
    expect(edit(text)).toMatch(/is computed/)
  })
})
