import path from 'node:path'
import { readDump, UserError } from '@expand-contract/core'
import type { Context } from '../command/context.ts'
import { readIfThere } from '../read-if-there.ts'
import { shownPath } from '../report/path.ts'
import type { ReadSchema } from './given.ts'

/** The schema in a file of pg_dump. Throws {@link UserError} where it is none. */
export async function fromDump(file: string, { io }: Context): Promise<ReadSchema> {
  const at = path.resolve(io.cwd, file)
  const bytes = await readIfThere(at)
  if (!bytes) throw new UserError(`${file} does not exist. Make it: pg_dump --schema-only --file ${file} <database>`)
  const text = bytes.toString('utf8')
  const shown = shownPath(at, io.cwd)
  const major = Number(/^-- Dumped from database version (\d+)/m.exec(text)?.[1])
  return {
    from: shown,
    catalog: readDump(text, shown),
    postgres: major >= 14 && major <= 18 ? major : undefined,
    postgresBy: 'dump',
    applied: undefined,
  }
}
