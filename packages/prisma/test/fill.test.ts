import path from 'node:path'
import type { Layout } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { prisma, suggestFill } from '../src/index.ts'
import { tempProject } from './support/temp.ts'

const SCHEMA = `generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["metrics"] // gone in 7
}

datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model Account {
  id      Int      @id
  uid     String   @default(uuid()) @map("u_id")
  seven   String   @default(uuid(7))
  real    String   @default(uuid()) @db.Uuid
  code    String   @default(cuid())
  seen    DateTime @default(now())
  changed DateTime @updatedAt
  plain   String
  country String   @default("US")
  @@map("accounts")
}
`

describe('suggestFill', () => {
  it.each([
    ['u_id', 'gen_random_uuid()::text'],
    ['seven', 'gen_random_uuid()::text'],
    ['real', 'gen_random_uuid()'],
    ['seen', 'CURRENT_TIMESTAMP'],
    ['changed', 'CURRENT_TIMESTAMP'],
    ['code', undefined],
    ['plain', undefined],
    ['country', undefined],
    ['uid', undefined],
  ])('accounts.%s: %s', async (column, fill) => {
    const layout = (await prisma.find(await tempProject({ 'prisma/schema.prisma': SCHEMA }))) as Layout
    expect(await suggestFill(layout, 'accounts', column)).toBe(fill)
    expect(await suggestFill(layout, 'Account', column)).toBeUndefined()
  })

  it('has no answer where Prisma can’t read the schema', async () => {
    const layout = (await prisma.find(await tempProject({ 'schema.prisma': SCHEMA.replace('Int ', 'Number ') }))) as Layout
    expect(await suggestFill(layout, 'accounts', 'u_id')).toBeUndefined()
  })

  it('has no answer without a schema', async () => {
    const root = await tempProject({ 'migrations/1_a/migration.sql': '' })
    expect(await suggestFill((await prisma.find(path.join(root))) as Layout, 'accounts', 'u_id')).toBeUndefined()
  })
})
