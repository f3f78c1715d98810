import { dollarQuote, quoteName, quoteText } from '../sql/sql.ts'
import type { Backfill, Check } from './plan.ts'

/** Rows per batch of a backfill where nobody says otherwise: the longest transaction stays well under a second on modest hardware. */
export const BATCH_ROWS = 5_000
/** Rows that a block is taken to hold where a backfill walks blocks: it only sets how long a batch is. */
const ROWS_PER_BLOCK = 50
/** lock_timeout of a batch in ms: it must have given up before a statement that waits for one of its rows looks for a deadlock (deadlock_timeout, 1 s). */
const LOCK_TIMEOUT = 500
/** How often a batch that met a lock or a deadlock is tried again before the backfill gives up. */
const TRIES = 10

/**
 * One DO statement (without `;`) that does the whole backfill in batches of about `batch` rows, each committed. It must run outside a transaction block:
 * as the only statement of a file or of a simple query. Killed anywhere it can be run again: rows that are right are skipped by `where`. The end of
 * the walk is fixed at the start, for rows written later are right by themselves; at the end it raises where a row of `where` is left.
 */
export function backfillSql(step: Backfill, batch: number = BATCH_ROWS): string {
  const { declare, first, next, window } = step.key.length > 0 ? byKey(step, batch) : byBlock(step, batch)
  const left = `${step.title}: some rows of ${step.table} still need it. They were written meanwhile by something that skips the triggers of the step before; run this again, it goes on where it stopped.`
  return doBlock([
    '#variable_conflict use_column',
    'DECLARE',
    ...declare.map((line) => `  ${line}`),
    '  ec_tries integer;',
    'BEGIN',
    ...first.map((line) => `  ${line}`),
    '    ec_tries := 0;',
    '    LOOP',
    '      BEGIN',
    `        PERFORM set_config('lock_timeout', '${LOCK_TIMEOUT}ms', true);`,
    `        ${batchSql(step, window)};`,
    '        EXIT;',
    '      EXCEPTION WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN',
    '        ec_tries := ec_tries + 1;',
    `        IF ec_tries >= ${TRIES} THEN RAISE; END IF;`,
    '      END;',
    '      COMMIT;',
    '      PERFORM pg_sleep(0.1 * ec_tries);',
    '    END LOOP;',
    '    COMMIT;',
    ...next.map((line) => `    ${line}`),
    '  END LOOP;',
    ...(step.once ? [] : raiseIf(`SELECT FROM ${step.table} WHERE ${wrap(step.where)}`, left)),
    'END',
  ])
}

/** The statement of one batch: the rows of `window` (a condition over {@link batchName}'s columns) that still need it. */
export function batchSql(step: Backfill, window: string): string {
  const { table, alias, into } = step
  const name = alias === undefined ? table : `${table} AS ${alias}`
  const set = step.set.map(({ column, expression }) => `${quoteName(column)} = ${wrap(expression)}`).join(', ')
  if (into) {
    const columns = step.set.map((s) => quoteName(s.column)).join(', ')
    const values = step.set.map((s) => wrap(s.expression)).join(', ')
    return [
      `INSERT INTO ${into.table} (${columns}) SELECT ${values} FROM ${name} WHERE ${window} AND ${wrap(step.where)} FOR SHARE`,
      `ON CONFLICT (${into.unless.map(quoteName).join(', ')}) DO NOTHING`,
    ].join(' ')
  }
  const taken = step.list === undefined ? undefined : taking(step, step.list, window)
  const queries = [step.with, taken?.query].filter((q) => q !== undefined)
  const others = [step.from, taken && TAKEN].filter((f) => f !== undefined)
  return [
    ...(queries.length > 0 ? [`WITH ${queries.join(', ')}`] : []),
    step.deletes ? `DELETE FROM ${name}` : `UPDATE ${name} SET ${set}`,
    ...(others.length > 0 ? [`${step.deletes ? 'USING' : 'FROM'} ${others.join(', ')}`] : []),
    `WHERE ${taken?.matches ?? window} AND ${wrap(step.where)}`,
  ].join(' ')
}

const TAKEN = '"ec_taken"'

/** The keys of the window leave the list in the statement that changes their rows. Their columns have names of ours, for the change may name the table's own bare. */
function taking({ table, alias, key }: Backfill, list: string, window: string): { query: string; matches: string } {
  const own = key.map((_, i) => `"ec_key_${i + 1}"`)
  return {
    query: `${TAKEN} (${own.join(', ')}) AS (DELETE FROM ${list} WHERE ${window} RETURNING ${key.map((k) => `${list}.${quoteName(k)}`).join(', ')})`,
    matches: key.map((k, i) => `${alias ?? table}.${quoteName(k)} = ${TAKEN}.${own[i]}`).join(' AND '),
  }
}

/** What a batch's statement calls the table whose rows it walks: its columns are qualified by it, for another table of the statement may have the same. */
export function batchName({ table, alias, list }: Backfill): string {
  return list ?? alias ?? table
}

/** One DO statement (without `;`) that raises the check's message where its query returns a row. Reads only; runs inside and outside a transaction. */
export function checkSql(step: Check): string {
  return doBlock(['BEGIN', ...raiseIf(step.sql, step.message), 'END'])
}

interface Walk {
  /** Variables. */
  readonly declare: readonly string[]
  /** Up to and with the head of the loop and what finds the window. */
  readonly first: readonly string[]
  /** What moves to the next window, at the end of the loop. */
  readonly next: readonly string[]
  /** Condition of the rows of the window. */
  readonly window: string
}

/** Windows of `batch` rows in key order. Row comparison, so that a composite key uses its index; any type that can be a key has the operators. */
function byKey(step: Backfill, batch: number): Walk {
  const { key } = step
  const table = step.list ?? step.table
  const names = key.map(quoteName)
  const columns = names.join(', ')
  const own = `(${names.map((name) => `${batchName(step)}.${name}`).join(', ')})`
  const descending = names.map((name) => `${name} DESC`).join(', ')
  const at = (variable: string): string => `(${names.map((name) => `${variable}.${name}`).join(', ')})`
  return {
    declare: ['ec_from record;', 'ec_upto record;', 'ec_last record;'],
    first: [
      `SELECT ${columns} INTO ec_last FROM ${table} ORDER BY ${descending} LIMIT 1;`,
      `SELECT ${columns} INTO ec_from FROM ${table} ORDER BY ${columns} LIMIT 1;`,
      'WHILE FOUND LOOP',
      `  SELECT ${columns} INTO ec_upto FROM (`,
      `    SELECT ${columns} FROM ${table} WHERE (${columns}) >= ${at('ec_from')} AND (${columns}) <= ${at('ec_last')}`,
      `    ORDER BY ${columns} LIMIT ${batch}`,
      `  ) AS ec_window ORDER BY ${descending} LIMIT 1;`,
      '  EXIT WHEN NOT FOUND;',
    ],
    next: [
      `SELECT ${columns} INTO ec_from FROM ${table} WHERE (${columns}) > ${at('ec_upto')} AND (${columns}) <= ${at('ec_last')}`,
      `ORDER BY ${columns} LIMIT 1;`,
    ],
    window: `${own} >= ${at('ec_from')} AND ${own} <= ${at('ec_upto')}`,
  }
}

/** Windows of blocks, read as TID range scans (PostgreSQL 14 and later); partitions and children each have their own block numbers. */
function byBlock(step: Backfill, batch: number): Walk {
  const { table } = step
  const blocks = Math.max(1, Math.round(batch / ROWS_PER_BLOCK))
  return {
    declare: ['ec_block bigint := 0;', 'ec_end bigint;', 'ec_from tid;', 'ec_upto tid;'],
    first: [
      'WITH RECURSIVE ec_tree AS (',
      `  SELECT ${quoteText(table)}::regclass::oid AS ec_oid`,
      '  UNION SELECT inhrelid FROM pg_catalog.pg_inherits JOIN ec_tree ON inhparent = ec_oid',
      `) SELECT max(pg_relation_size(ec_oid)) / current_setting('block_size')::bigint INTO ec_end FROM ec_tree;`,
      'WHILE ec_block < ec_end LOOP',
      `  ec_from := format('(%s,0)', ec_block)::tid;`,
      `  ec_upto := format('(%s,0)', ec_block + ${blocks})::tid;`,
    ],
    next: [`ec_block := ec_block + ${blocks};`],
    window: `${batchName(step)}.ctid >= ec_from AND ${batchName(step)}.ctid < ec_upto`,
  }
}

function raiseIf(query: string, message: string): string[] {
  return [
    `  IF EXISTS (${query}${query.includes('--') ? '\n' : ''}) THEN`,
    `    RAISE EXCEPTION USING MESSAGE = ${quoteText(message)};`,
    '  END IF;',
  ]
}

function doBlock(lines: readonly string[]): string {
  return `DO ${dollarQuote(`\n${lines.join('\n')}\n`)}`
}

/** In parentheses; a comment at the end of a person's expression ends before them. */
function wrap(expression: string): string {
  return `(${expression}${expression.includes('--') ? '\n' : ''})`
}
