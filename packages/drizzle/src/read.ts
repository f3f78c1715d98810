import path from 'node:path'
import { type History, type Layout, type SourceMigration, UserError } from '@expand-contract/core'
import { migrationFolders } from './format.ts'
import { readJournal } from './journal.ts'
import { readObject, readText } from './json.ts'
import { columnRenames } from './renames.ts'

/** The migrations that Drizzle's migrator would run, in its order. Throws {@link UserError} where a file that it needs is missing or damaged. */
export async function read(layout: Layout): Promise<History> {
  const migrations = layout.format === 'drizzle-v1' ? await fromFolders(layout.migrations) : await fromJournal(layout.migrations)
  return { layout, migrations }
}

/** The order of the journal is the order of the migrator, whatever the names say; files without an entry are never run. */
async function fromJournal(folder: string): Promise<SourceMigration[]> {
  const journal = await readJournal(folder)
  return Promise.all(
    (journal?.entries ?? []).map(async ({ tag }) => {
      const file = path.join(folder, `${tag}.sql`)
      const text = await readText(file)
      if (text === undefined) {
        throw new UserError(
          `The journal names the migration ${tag}, but ${file} is not there, so the migrator would stop. Restore it with\n  git checkout -- ${file}`,
        )
      }
      // The rename is in the SQL itself: RENAME COLUMN.
      return { id: tag, path: file, text, intents: [] }
    }),
  )
}

async function fromFolders(folder: string): Promise<SourceMigration[]> {
  const names = migrationFolders(folder)
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name, 'migration.sql')
      const snapshot = await readObject(path.join(folder, name, 'snapshot.json'))
      return { id: name, path: file, text: (await readText(file)) ?? '', intents: snapshot ? columnRenames(snapshot) : [] }
    }),
  )
}
