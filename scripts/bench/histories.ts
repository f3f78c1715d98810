import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A folder of migrations, and their files. */
interface Whole {
  readonly folder: string
  readonly files: readonly string[]
}

/** The migrations of a Prisma history, oldest first. */
export function migrationsOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('migration.sql'))
  return names.sort().map((f) => join(folder, f))
}

/** Every PostgreSQL history below a folder: Prisma's, and Drizzle's of both kinds. */
export function wholeHistories(folder: string): Whole[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const inFolders = [...new Set(names.filter((f) => f.endsWith('/migration.sql')).map((f) => dirname(dirname(f))))].sort()
  const journals = names.filter((f) => f.endsWith('meta/_journal.json')).map((f) => dirname(dirname(f)))
  return [
    ...inFolders.map((f) => ({ folder: join(folder, f), files: migrationsOf(join(folder, f)) })),
    ...journals.sort().map((f) => ({ folder: join(folder, f), files: journalled(join(folder, f)) })),
  ].filter((whole) => isPostgres(whole.folder))
}

function journalled(folder: string): string[] {
  const { entries } = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] }
  return entries.map(({ tag }) => join(folder, `${tag}.sql`))
}

function isPostgres(folder: string): boolean {
  if (!readdirSync(folder).includes('migration_lock.toml')) return true
  return readFileSync(join(folder, 'migration_lock.toml'), 'utf8').includes('"postgres')
}

/** Whole histories of about that many files; every fourth is taken first, so that they are not all of one ORM. */
export function pieces(all: readonly Whole[], count: number): { folders: string[]; files: string[] } {
  const taken: Whole[] = []
  let left = count
  for (const whole of [3, 1, 2, 0].flatMap((first) => all.filter((_, i) => i % 4 === first))) {
    if (whole.files.length > left * 1.05) continue
    taken.push(whole)
    left -= whole.files.length
  }
  return { folders: taken.map((t) => t.folder), files: taken.flatMap((t) => t.files) }
}

/** Writes a Prisma history of that many migrations: every second makes a table, the others change one. Returns its folder. */
export function generatedHistory(folder: string, count: number): string {
  for (let i = 0; i < count; i++) {
    const home = join(folder, `2026${String(i + 1).padStart(10, '0')}_change_${i}`)
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'migration.sql'), migration(i))
  }
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n')
  return folder
}

function migration(i: number): string {
  // Spread over all tables that stand by then, always the same ones.
  const table = `Record${((i * 7919) % Math.max(1, i >> 1)) * 2}`
  if (i % 2 === 0) return newTable(`Record${i}`, table)
  const alter = `-- AlterTable\nALTER TABLE "${table}"`
  switch (i % 8) {
    case 1:
      return `${alter} ADD COLUMN     "extra${i}" TEXT;\n`
    case 3:
      return `${alter} ADD COLUMN     "extra${i}" INTEGER NOT NULL DEFAULT 0,\nADD COLUMN     "at${i}" TIMESTAMP(3);\n\n-- CreateIndex\nCREATE INDEX "${table}_extra${i}_idx" ON "${table}"("extra${i}");\n`
    case 5:
      return `-- CreateEnum\nCREATE TYPE "Kind${i}" AS ENUM ('A', 'B');\n\n${alter} ADD COLUMN     "extra${i}" "Kind${i}" NOT NULL DEFAULT 'A';\n`
    default:
      return `${alter} DROP COLUMN "note";\n`
  }
}

function newTable(name: string, parent: string): string {
  return `-- CreateTable
CREATE TABLE "${name}" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "note" TEXT,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "count" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "parentId" TEXT NOT NULL,

    CONSTRAINT "${name}_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "${name}_name_key" ON "${name}"("name");

-- CreateIndex
CREATE INDEX "${name}_parentId_idx" ON "${name}"("parentId");

-- AddForeignKey
ALTER TABLE "${name}" ADD CONSTRAINT "${name}_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "${parent}"("id") ON DELETE CASCADE ON UPDATE CASCADE;
`
}
