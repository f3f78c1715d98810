import type { Intent } from '@expand-contract/core'

const rename = (column: string, to: string, table: string): Intent => ({ kind: 'rename', table, column, to })
const drop = (table: string, column: string): Intent => ({ kind: 'drop', table, column })
const fill = (table: string, column: string, value: string): Intent => ({ kind: 'fill', table, column, with: value })
const convert = (table: string, column: string, value: string): Intent => ({ kind: 'convert', table, column, with: value })
const value = (type: string, from: string, to: string): Intent => ({ kind: 'value', type, value: from, to })

const renameTable = (table: string, to: string): Intent => ({ kind: 'rename-table', table, to })

const zone = convert('users', 'created_at', "created_at AT TIME ZONE 'UTC'")

/** What a person says of samples that need a word. A Drizzle sample's answers hold for both kits. */
const ANSWERS: Readonly<Record<string, readonly Intent[]>> = {
  'prisma/01-rename-field': [rename('name', 'fullName', 'User')],
  'prisma/02-rename-field-optional': [rename('name', 'fullName', 'User')],
  'prisma/04-rename-column-via-map': [rename('name', 'full_name', 'User')],
  'prisma/07-string-to-int': [convert('User', 'n', 'length(n)')],
  'prisma/09-string-to-int-optional': [convert('User', 'n', 'length(n)')],
  'prisma/10-required-field-added': [fill('User', 'age', '18')],
  'prisma/16-enum-variant-removed': [value('Role', 'GUEST', 'USER')],
  'prisma/17-enum-variant-removed-default': [value('Role', 'GUEST', 'USER')],
  'prisma/20-enum-variant-renamed': [value('Role', 'ADMIN', 'OWNER')],
  'prisma/21-enum-renamed': [convert('User', 'role', 'role::text::"UserRole"')],
  'prisma/31-relation-added-new-required-column': [fill('Post', 'authorId', '(SELECT min(id) FROM "User")')],
  'prisma/36-table-renamed': [renameTable('User', 'Account')],
  'prisma/38-table-renamed-via-map': [renameTable('User', 'users')],
  'prisma/39-table-renamed-with-fk': [renameTable('User', 'Account')],
  'prisma/69-multischema-move': [renameTable('User', 'auth.User')],
  'prisma/40-column-dropped': [drop('User', 'name'), fill('User', 'name', "''")],
  'prisma/50-timestamp-to-timestamptz': [convert('User', 'at', "at AT TIME ZONE 'UTC'")],
  'prisma/53-string-to-enum': [convert('User', 'role', `CASE role WHEN 'ADMIN' THEN 'ADMIN'::"Role" ELSE 'USER'::"Role" END`)],
  'prisma/54-enum-to-string': [convert('User', 'role', 'role::text')],
  'prisma/55-scalar-to-list': [convert('User', 'n', 'ARRAY[n]')],
  'prisma/57-string-to-boolean': [convert('User', 'n', "n = 'true'")],
  'prisma/58-string-to-json': [convert('User', 'n', 'to_jsonb(n)')],
  'prisma/59-string-to-datetime': [convert('User', 'n', "timestamp '2026-01-01' + length(n) * interval '1 day'")],
  'prisma/60-string-to-uuid-native': [convert('User', 'n', 'md5(n)::uuid')],
  'prisma/66-several-changes-one-table': [
    value('Role', 'C', 'A'),
    rename('name', 'fullName', 'User'),
    drop('User', 'old'),
    fill('User', 'old', "''"),
  ],
  'prisma/71-one-to-many-to-m2m': [drop('Post', 'authorId'), fill('Post', 'authorId', '(SELECT min(id) FROM "User")')],
  'prisma/74-required-datetime-now': [fill('User', 'updatedAt', 'now()')],
  add_fk_col: [fill('posts', 'author_id', '(SELECT min(id) FROM users)')],
  add_not_null_no_default: [fill('users', 'email', "''")],
  drop_column: [drop('users', 'y'), fill('users', 'y', "''")],
  enum_dropped: [drop('users', 's')],
  enum_value_removed: [value('status', 'c', 'a')],
  enum_value_removed_two_tables: [value('status', 'c', 'a')],
  enum_value_renamed: [value('status', 'disabled', 'inactive')],
  pk_type_int_to_uuid: [convert('users', 'id', "lpad(to_hex(id), 32, '0')::uuid")],
  rename_as_drop_create: [rename('name', 'full_name', 'users')],
  text_to_array: [convert('users', 'tags', 'ARRAY[tags]')],
  text_to_int: [convert('users', 'age', 'length(age)')],
  text_to_int_default: [convert('users', 'age', 'length(age)')],
  rename_and_type: [convert('users', 'age', 'length(age)')],
  timestamp_to_timestamptz: [zone],
}

/** The answers for a sample, by its name: `prisma/01-rename-field`, `v1/rename_column`. */
export function answersTo(sample: string): readonly Intent[] {
  return ANSWERS[sample] ?? ANSWERS[sample.replace(/^(0\.31|v1)\//, '')] ?? []
}
