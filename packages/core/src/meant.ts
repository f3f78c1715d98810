import type { TableName } from './catalog/catalog.ts'
import type { Migration } from './migration.ts'
import { filledColumns, movesBetween, pairOf } from './moves.ts'
import { copiedColumns, recreatedTable } from './recreated-table.ts'
import { ownedSequences } from './replay/sequence.ts'
import { find, sourceOf, tokenAt } from './replay/slice.ts'
import { changeOf } from './retype/retyped.ts'
import { actionOf, columnIn, namesTable, type TableAction } from './sql/relation.ts'
import { quoteName } from './sql/sql.ts'
import type { Statement } from './sql/statement.ts'
import { serialType } from './sql/type-name.ts'
import { intentFor, targetOfKey } from './target.ts'

/**
 * What the ORM meant, where it wrote what PostgreSQL can't run: `SET DATA TYPE BIGSERIAL`, which both ORMs print for a serial key that grows, is bigint and a
 * sequence of bigint; a type without a cast gets the USING that a person gave, and a default that has none is set anew;
 * a table that a person calls renamed keeps its rows, and columns that a person moves their values. Undefined where the migration runs as it is written.
 */
export function meantBy(migration: Migration): string | undefined {
  const edits = migration.script.statements.flatMap((statement) => {
    const action = actionOf(statement, 'AT_AlterColumnType')
    return action ? editOf(statement, action, migration) : [...keptRows(statement, migration), ...movedValues(statement, migration)]
  })
  if (edits.length === 0) return undefined
  const bytes = Buffer.from(migration.script.text)
  const pieces: string[] = []
  let at = 0
  for (const { start, end, text } of edits) {
    pieces.push(bytes.subarray(at, start).toString(), text)
    at = end
  }
  const text = [...pieces, bytes.subarray(at).toString()].join('')
  return [text.trimEnd().replace(/;?$/, ';'), ...edits.flatMap((e) => e.also)].join('\n')
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
  /** Statements behind the migration. */
  readonly also: readonly string[]
}

function editOf(statement: Statement, action: TableAction, migration: Migration): Edit[] {
  const source = sourceOf(statement)
  const place = (token: { start: number; end: number }) => ({ start: token.start + source.base, end: token.end + source.base })
  const serial = serialType(action.def.typeName)
  const token = source.tokens[tokenAt(source, action.def.typeName)]
  if (serial && token) return [{ ...place(token), text: serial, also: widened(action, serial, migration) }]
  const answer = intentFor(migration, 'convert', action.table, action.name)
  const last = source.tokens.at(-1)
  if (!answer || !last) return []
  if (action.def.raw_default && changeOf(statement, action, migration)?.effect !== 'refused') return []
  const { end } = place(last)
  // A USING that PostgreSQL refuses gives way to the answer.
  const start = action.def.raw_default ? place(source.tokens[find(source, 'USING')] ?? last).start : end
  const { drop, set } = newDefault(action, migration)
  return [
    ...drop.map((sql) => ({ start: source.base, end: source.base, text: sql, also: [] })),
    { start, end, text: ` USING (${answer.with})`, also: set },
  ]
}

/** The old default goes before the type changes, and what the column ends with comes behind. */
function newDefault({ table, sql, name }: TableAction, migration: Migration): { readonly drop: string[]; readonly set: string[] } {
  const [old, end] = [migration.before, migration.after].map((catalog) => columnIn(catalog, table, name)?.default)
  const column = `ALTER TABLE ${sql} ALTER COLUMN ${quoteName(name)}`
  if (old === undefined) return { drop: [], set: [] }
  return { drop: [`${column} DROP DEFAULT;\n`], set: end === undefined ? [] : [`${column} SET DEFAULT ${end};`] }
}

/** A table that is dropped and made again under another name keeps its rows. */
function keptRows(statement: Statement, migration: Migration): Edit[] {
  return migration.script.statements.flatMap((drop) => {
    const table = recreatedTable(drop, migration)
    if (!table || (statement !== table.drop && statement !== table.create)) return []
    const { tokens, base } = sourceOf(statement)
    const [start, end] = [(tokens[0]?.start ?? 0) + base, (tokens.at(-1)?.end ?? 0) + base]
    const isKept = table.drop.index < table.create.index
    const [from, to] = [table.from, table.to].map((key) => targetOfKey(key).sql)
    if (statement === table.drop)
      return isKept ? [{ start, end: start, text: `CREATE TEMPORARY TABLE ec_kept_${drop.index} AS TABLE ${from};\n`, also: [] }] : []
    const list = copiedColumns(table).map(quoteName).join(', ')
    const copy = `INSERT INTO ${to} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM ${isKept ? `ec_kept_${drop.index}` : from}`
    return [{ start: end, end, text: `;\n${copy}`, also: [] }]
  })
}

/** Values of columns that move to a table which the same migration makes are put aside before the first of the columns goes. */
function movedValues(statement: Statement, migration: Migration): Edit[] {
  const action = actionOf(statement, 'AT_DropColumn')
  const into = action && [...migration.after.tables.keys()].find((key) => isMovedTo(migration, action, key))
  if (!action || into === undefined) return []
  const moves = movesBetween(migration, action.table, into)
  const pair = pairOf(migration.after, action.table, into)
  if (!pair || moves[0]?.column !== action.name) return []
  const also = filledColumns(moves, migration)
  const columns = [...pair.foreign, ...moves.map((m) => m.to), ...also.map((a) => a.column)].map(quoteName).join(', ')
  const values = [...[...pair.key, ...moves.map((m) => m.column)].map(quoteName), ...also.map((a) => a.fill)].join(', ')
  const where = moves.map((m) => `${quoteName(m.column)} IS NOT NULL`).join(' OR ')
  const aside = `ec_moved_${statement.index}`
  const { base } = sourceOf(statement)
  return [
    {
      start: base,
      end: base,
      text: `CREATE TEMPORARY TABLE ${aside} (${columns}) AS SELECT ${values} FROM ${action.sql} WHERE ${where};\n`,
      also: [`INSERT INTO ${targetOfKey(into).sql} (${columns}) SELECT * FROM ${aside};`],
    },
  ]
}

function isMovedTo(migration: Migration, { table, name }: TableAction, into: TableName): boolean {
  const intent = intentFor(migration, 'move', table, name)
  return intent !== undefined && namesTable(intent.into, into)
}

function widened({ table, name }: TableAction, type: string, migration: Migration): string[] {
  return ownedSequences(migration.before, table, name).map((sequence) => `ALTER SEQUENCE ${targetOfKey(sequence).sql} AS ${type};`)
}
