import type { Migration } from './migration.ts'
import { actionOf, type TableAction } from './relation.ts'
import { ownedSequences } from './replay/sequence.ts'
import { sourceOf, tokenAt } from './replay/slice.ts'
import { targetOfKey } from './target.ts'
import { serialType } from './type-name.ts'

/**
 * What the ORM meant, where it wrote what PostgreSQL can't run: `SET DATA TYPE BIGSERIAL`, which both ORMs print for a serial key that grows, is bigint and a
 * sequence of bigint. Undefined where the migration runs as it is written.
 */
export function meantBy(migration: Migration): string | undefined {
  const edits = migration.script.statements.flatMap((statement) => {
    const action = actionOf(statement, 'AT_AlterColumnType')
    const type = action && serialType(action.def.typeName)
    if (!action || !type) return []
    const source = sourceOf(statement)
    const token = source.tokens[tokenAt(source, action.def.typeName)]
    return token ? [{ start: token.start + source.base, end: token.end + source.base, type, also: widened(action, type, migration) }] : []
  })
  if (edits.length === 0) return undefined
  const bytes = Buffer.from(migration.script.text)
  const pieces: string[] = []
  let at = 0
  for (const { start, end, type } of edits) {
    pieces.push(bytes.subarray(at, start).toString(), type)
    at = end
  }
  const text = [...pieces, bytes.subarray(at).toString()].join('')
  return [text.trimEnd().replace(/;?$/, ';'), ...edits.flatMap((e) => e.also)].join('\n')
}

function widened({ table, name }: TableAction, type: string, migration: Migration): string[] {
  return ownedSequences(migration.before, table, name).map((sequence) => `ALTER SEQUENCE ${targetOfKey(sequence).sql} AS ${type};`)
}
