// Writes the migrations of examples/prisma-rename anew, as Prisma's own engine makes them from its schema:
//   npx tsx --conditions=expand-contract-source scripts/examples-prisma.ts
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer } from '@expand-contract/postgres'
import { generateExample } from '../packages/prisma/test/support/example.ts'

const example = fileURLToPath(new URL('../examples/prisma-rename/prisma', import.meta.url))
const schema = await readFile(path.join(example, 'schema.prisma'), 'utf8')
const server = await startServer()
try {
  for (const { id, sql } of await generateExample(schema, server)) {
    const folder = path.join(example, 'migrations', id)
    await mkdir(folder, { recursive: true })
    await writeFile(path.join(folder, 'migration.sql'), sql)
    process.stdout.write(`${path.relative(process.cwd(), folder)}/migration.sql\n`)
  }
} finally {
  await server.stop()
}
