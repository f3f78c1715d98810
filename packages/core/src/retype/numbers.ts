import type { CantCarry } from '../carry/carry-over.ts'
import { type Catalog, column, type TableName } from '../catalog/catalog.ts'
import type { DraftStep } from '../plan/plan.ts'
import { identitySequence, ownedSequences } from '../replay/sequence.ts'
import { displayColumn, splitKey } from '../sql/relation.ts'
import { objectName, quoteName, quoteText } from '../sql/sql.ts'
import { check, ddl } from '../steps/steps.ts'
import type { Target } from '../steps/trigger.ts'
import { targetOfKey } from '../target.ts'

/** How a column that a sequence fills hands the sequence over to the column that takes its name. */
export interface Numbers {
  readonly before: readonly DraftStep[]
  /** Behind the exchange of names, and back before it. */
  readonly take: readonly string[]
  readonly giveBack: readonly string[]
}

const NONE: Numbers = { before: [], take: [], giveBack: [] }

/** A column and the name that it will go by when another has taken its own. */
interface Exchange {
  readonly table: TableName
  readonly target: Target
  readonly name: string
  readonly other: string
}

/** The sequence of a serial or identity column: as wide as the new type, and owned by the new column. */
export function handOver(catalog: Catalog, exchange: Exchange): Numbers | CantCarry {
  const { table, name } = exchange
  const identity = column(catalog.tables.get(table), name)?.identity
  if (identity) return identityOver(catalog, exchange, identity)
  const [sequence, second] = ownedSequences(catalog, table, name)
  if (second) return { reason: `several sequences belong to "${name}"` }
  if (sequence === undefined) return NONE
  const { sql } = targetOfKey(sequence)
  const { target, other } = exchange
  const old = catalog.sequences.get(sequence)?.type
  return {
    before:
      old === 'bigint' || old === undefined
        ? []
        : [
            ddl({
              name: 'widen sequence',
              title: `Let the sequence of ${displayColumn(table, name)} count further`,
              why: 'Only the sequence is locked, for a moment: the numbers would end where the old type ends.',
              sql: [`ALTER SEQUENCE ${sql} AS bigint`],
              undo: [`ALTER SEQUENCE ${sql} AS ${old}`],
            }),
          ],
    take: [`ALTER SEQUENCE ${sql} OWNED BY ${target.sql}.${quoteName(name)}`],
    giveBack: [`ALTER SEQUENCE ${sql} OWNED BY ${target.sql}.${quoteName(other)}`],
  }
}

/** An identity's sequence can't change its owner: the new column gets one of its own, which goes on where the old one stands. */
function identityOver(catalog: Catalog, { table, target, name }: Exchange, identity: 'always' | 'by default'): Numbers | CantCarry {
  const key = identitySequence(catalog, table, name)
  if (key === undefined) return { reason: `the sequence of the identity "${name}" is not known` }
  const [schema, sequence] = splitKey(key)
  const away = objectName('ec', sequence, 'old')
  const [now, old] = [targetOfKey(key).sql, targetOfKey(`${quoteName(schema)}.${quoteName(away)}`).sql]
  const alter = `ALTER TABLE ${target.sql} ALTER COLUMN ${quoteName(name)}`
  const goOn = (to: string, from: string) => `SELECT setval(${quoteText(to)}, last_value, is_called) FROM ${from}`
  return {
    before: [
      check({
        name: 'look at identity',
        title: `Look whether the identity of ${displayColumn(table, name)} counts in the usual way`,
        sql: `SELECT 1 FROM pg_catalog.pg_sequence WHERE seqrelid = ${quoteText(now)}::regclass AND (seqincrement <> 1 OR seqmin <> 1 OR seqcache <> 1 OR seqcycle)`,
        message: `The sequence of ${displayColumn(table, name)} has options of its own (increment, minimum, cache, cycle), which the new one would not have. Set them back, or change the type in a maintenance window.`,
      }),
    ],
    take: [
      `ALTER SEQUENCE ${now} RENAME TO ${quoteName(away)}`,
      `${alter} ADD GENERATED ${identity.toUpperCase()} AS IDENTITY (SEQUENCE NAME ${now})`,
      goOn(now, old),
    ],
    giveBack: [goOn(old, now), `${alter} DROP IDENTITY`, `ALTER SEQUENCE ${old} RENAME TO ${quoteName(sequence)}`],
  }
}
