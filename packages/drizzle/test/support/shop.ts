import type { Project } from './project.ts'

const CONFIG = `import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/schema.ts',
  out: './drizzle',
})
`

const BEFORE = `import { pgTable, serial, text } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull(),
})
`

const AFTER = `import { index, pgTable, serial, text } from 'drizzle-orm/pg-core'

export const users = pgTable(
  'users',
  {
    id: serial('id').primaryKey(),
    fullName: text('full_name').notNull(), // was: name
    email: text('email').notNull(),
    country: text('country').notNull(),
  },
  (table) => [index('users_email_idx').on(table.email)],
)
`

const NEXT = `${AFTER}
export const posts = pgTable('posts', { id: serial('id').primaryKey(), title: text('title').notNull() })
`

const RENAMED_ONLY = BEFORE.replace("name: text('name')", "fullName: text('full_name')")

/** The schema of the journey at its stations. */
export const SCHEMAS = { before: BEFORE, after: AFTER, next: NEXT, renamedOnly: RENAMED_ONLY } as const

const RENAME = { type: 'rename', kind: 'column', from: ['public', 'users', 'name'], to: ['public', 'users', 'full_name'] }
const BACK = { type: 'rename', kind: 'column', from: ['public', 'users', 'full_name'], to: ['public', 'users', 'name'] }
const CREATE = { type: 'create', kind: 'column', entity: ['public', 'users', 'country'] }

/** Writes the configuration and one station of the schema. */
export async function station(project: Project, schema: keyof typeof SCHEMAS): Promise<void> {
  await project.write('drizzle.config.ts', CONFIG)
  await project.write('src/schema.ts', SCHEMAS[schema])
}

/** `drizzle-kit generate`, with the answer that `full_name` is what `name` has become, or back. */
export async function generate(project: Project, version: 0 | 1, name: string): Promise<string> {
  const known: Readonly<Record<string, readonly unknown[]>> = { init: [], next: [], change: [RENAME, CREATE], undo: [BACK] }
  const hints = known[name] ?? [RENAME]
  const answers = version === 1 && hints.length > 0 ? ['--hints', JSON.stringify(hints)] : []
  const { code, output } = await project.kit(['generate', '--name', name, ...answers], ['full_name', 'name'])
  if (code !== 0) throw new Error(output)
  return output
}
