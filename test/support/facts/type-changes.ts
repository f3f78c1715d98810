import { column, type Migration, replayHistory } from '@expand-contract/core'
import type { Client } from 'pg'
import { catalogInCommand } from '../../../packages/core/src/facts/in-command.ts'
import { type TypeChange, typeChange } from '../../../packages/core/src/facts/type-change.ts'
import { actionOf } from '../../../packages/core/src/sql/relation.ts'
import { FIXED } from './type-cases.ts'
import { PAIRS, SCHEMA, type TypePairs } from './type-pairs.ts'

/** One table and one change of its column. */
export interface TypeCase {
  readonly name: string
  /** Makes the table and fills it. `$t` is its name. */
  readonly make: string
  readonly alter: string
}

const bare = (type: string, value: string): string => `CREATE TABLE $t (id int, c ${type}); INSERT INTO $t VALUES (1, ${value});`

const hung = (type: string, value: string): string => `${bare(type, value)} ALTER TABLE $t ADD CONSTRAINT $t_k CHECK (c IS NOT NULL);
  CREATE INDEX $t_p ON $t (id) WHERE c IS NOT NULL; CREATE INDEX $t_e ON $t (id, (c IS NULL)); CREATE INDEX $t_n ON $t (id) INCLUDE (c);`

/** What may hang on the column c of table $t. */
const HANGERS: readonly (readonly [name: string, can: TypePairs['can'], make: (type: string, value: string) => string])[] = [
  ['nothing', 'be neither', bare],
  ['check and indexes', 'be neither', hung],
  ['index', 'be indexed', (type, value) => `${hung(type, value)} CREATE INDEX $t_i ON $t (id, c);`],
  [
    'foreign key',
    'be a key',
    (type, value) => `CREATE TABLE $t_p (c ${type} PRIMARY KEY); INSERT INTO $t_p VALUES (${value});
      CREATE TABLE $t (id int, c ${type} CONSTRAINT $t_f REFERENCES $t_p); INSERT INTO $t VALUES (1, ${value});`,
  ],
  [
    'key of a foreign key',
    'be a key',
    (type, value) => `CREATE TABLE $t (c ${type} PRIMARY KEY, id int); INSERT INTO $t VALUES (${value}, 1);
      CREATE TABLE $t_r (c ${type} CONSTRAINT $t_f REFERENCES $t); INSERT INTO $t_r VALUES (${value});`,
  ],
]

function casesOf({ from, value, to, can }: TypePairs): TypeCase[] {
  const able = {
    'be neither': ['be neither'],
    'be indexed': ['be neither', 'be indexed'],
    'be a key': ['be neither', 'be indexed', 'be a key'],
  }[can]
  // Where there can be an index, all hang together.
  return HANGERS.filter(([name, needs]) => able.includes(needs) && !(name === 'check and indexes' && can !== 'be neither')).flatMap(
    ([name, , make]) =>
      to.map((type) => ({
        name: `${from} -> ${type}, ${name}`,
        make: make(from, value),
        alter: `ALTER TABLE $t ALTER COLUMN c TYPE ${type}`,
      })),
  )
}

/** Every pair with everything that may hang on it, in a session of UTC; what the time zone decides once more in another one. */
export async function judgeTypeChanges(client: Client, version: number) {
  await client.query(`SET timezone = 'UTC'; ${SCHEMA}`)
  const fixed = FIXED.filter((c) => (c.since ?? 0) <= version)
  const verdicts = []
  // One type after the other keeps the catalogs small.
  for (const [i, cases] of [...PAIRS.map(casesOf), fixed].entries()) verdicts.push(await judge(client, version, cases, `u${i}_`, 'UTC'))
  await client.query(`SET timezone = 'Europe/Berlin'`)
  for (const [i, pairs] of PAIRS.filter((p) => p.zoned).entries())
    verdicts.push(await judge(client, version, casesOf(pairs), `z${i}_`, 'any'))
  const effects = verdicts.flatMap((v) => v.effects)
  return {
    wrong: verdicts.flatMap((v) => v.wrong),
    cases: effects.length,
    seen: (effect: TypeChange['effect']): number => effects.filter((e) => e === effect).length,
  }
}

async function judge(client: Client, version: number, cases: readonly TypeCase[], prefix: string, timeZone: 'UTC' | 'any') {
  const written = cases.map(({ name, make, alter }, i) => {
    const table = `${prefix}${i}`
    return { name, table, make: make.replaceAll('$t', table), alter: alter.replaceAll('$t', table) }
  })
  const makes = written.map((c) => c.make).join('\n')
  const [made, ...replayed] = replayHistory([
    { id: 'schema', text: SCHEMA + makes },
    ...written.map(({ name, alter }) => ({ id: name, text: alter })),
  ])
  const unread = made?.script.unreadable ? [`unreadable: ${made.script.unreadable.message}`] : []
  await client.query('BEGIN')
  await client.query(makes)
  await client.query('COMMIT')
  const tables = written.map((c) => c.table)
  const before = new Map((await filesOf(client, tables)).map((f) => [f.name, f.file]))
  const wrong: string[] = [...unread]
  const effects: TypeChange['effect'][] = []
  for (const [i, { name, table, alter }] of written.entries()) {
    const said = saidOf(replayed[i] as Migration, timeZone, version)
    const observed = await observe(client, table, alter, before)
    effects.push(observed.effect)
    // The rows themselves do not fit: found out while they are copied.
    if (/^2[23]/.test(observed.code ?? '') && said?.effect === 'rewrite') continue
    const [expected, found] = [JSON.stringify(observed), JSON.stringify(said)]
    if (expected !== found) wrong.push(`${name} (${timeZone})\n  PostgreSQL: ${expected}\n  core:       ${found}`)
  }
  await client.query('ROLLBACK')
  await client.query(`DROP TABLE ${tables.join(', ')} CASCADE`)
  return { wrong, effects }
}

/** The parts of an answer that can be observed. */
interface Observed {
  readonly effect: TypeChange['effect']
  readonly code?: string
  readonly rebuilds: readonly string[]
  readonly scans: readonly string[]
  readonly locks: readonly string[]
}

function saidOf(migration: Migration, timeZone: 'UTC' | 'any', postgres: number): Observed | undefined {
  const statement = migration.script.statements.find((s) => actionOf(s, 'AT_AlterColumnType'))
  const action = statement && actionOf(statement, 'AT_AlterColumnType')
  const next = action && column(migration.after.tables.get(action.table), action.name)
  if (!action || !next) return undefined
  const said = typeChange(catalogInCommand(statement, migration), {
    table: action.table,
    column: action.name,
    to: next.type,
    ...(next.collation !== undefined && { collation: next.collation }),
    ...(action.def.raw_default && { using: action.def.raw_default }),
    timeZone,
    postgres,
  })
  return (
    said && {
      // A server does not show that nothing has changed.
      effect: said.effect === 'nothing' ? 'catalog' : said.effect,
      ...(said.refused && { code: said.refused.code }),
      rebuilds: said.rebuilds.map((r) => r.index).sort(),
      scans: said.scans.map((s) => (s.kind === 'check' ? nameOf(s.table) : s.constraint)).sort(),
      locks: said.locks.map((l) => nameOf(l.table)).sort(),
    }
  )
}

const nameOf = (table: string): string => table.split('.').at(-1)?.replaceAll('"', '') ?? ''

const FILES = `
  WITH tables AS (SELECT t::regclass::oid AS oid FROM unnest($1::text[]) t UNION
                  SELECT inhrelid FROM pg_inherits WHERE inhparent = ANY (SELECT t::regclass::oid FROM unnest($1::text[]) t)),
       relations AS (SELECT oid FROM tables UNION SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM tables))
  SELECT c.relname AS name, pg_relation_filenode(c.oid)::int AS file, c.relkind = 'i' AS index
  FROM relations JOIN pg_class c USING (oid) WHERE c.relkind IN ('r', 'i')`

interface File {
  readonly name: string
  readonly file: number
  readonly index: boolean
}

async function filesOf(client: Client, tables: readonly string[]): Promise<File[]> {
  return (await client.query<File>(FILES, [tables])).rows
}

const LOCKS = `
  SELECT c.relname AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
  WHERE l.pid = pg_backend_pid() AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p') AND c.relname <> $1
    AND c.relnamespace = 'public'::regnamespace ORDER BY 1`

/** Runs the statement in a transaction that the next call takes back, and looks what it did. */
async function observe(client: Client, table: string, alter: string, before: ReadonlyMap<string, number>): Promise<Observed> {
  const messages: string[] = []
  const listen = ({ message }: { message: string | undefined }): unknown => messages.push(message ?? '')
  client.on('notice', listen)
  try {
    await client.query(`ROLLBACK; BEGIN; SET LOCAL client_min_messages = debug1; ${alter}`)
    const changed = (await filesOf(client, [table])).filter((f) => before.get(f.name) !== f.file)
    const locks = (await client.query<{ name: string }>(LOCKS, [table])).rows.map((r) => r.name)
    const isCopied = changed.some((f) => !f.index)
    const rebuilds = isCopied ? [] : changed.map((f) => f.name).sort()
    const scans = [
      ...matches(messages, /^verifying table "(.*)"/),
      ...matches(messages, /^validating foreign key constraint "(.*)"/),
    ].sort()
    return {
      effect: isCopied ? 'rewrite' : rebuilds.length > 0 ? 'index rebuilt' : scans.length > 0 ? 'scan' : 'catalog',
      rebuilds,
      scans,
      locks,
    }
  } catch (error) {
    return { effect: 'refused', code: (error as { code: string }).code, rebuilds: [], scans: [], locks: [] }
  } finally {
    client.off('notice', listen)
  }
}

function matches(messages: readonly string[], pattern: RegExp): string[] {
  return messages.flatMap((m) => pattern.exec(m)?.[1] ?? [])
}
