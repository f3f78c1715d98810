import { type Catalog, type Domain, type Index, type Policy, quoteName, type Table, type TableName } from '@expand-contract/core'
import { indexSql } from '../../packages/core/src/sql/index-sql.ts'

/** One expression of the replayed catalog, as text, and how to say it to PostgreSQL again. */
export interface Saying {
  /** `default of "public"."t"."a"` */
  readonly what: string
  readonly ours: string
  /** How PostgreSQL prints what the history's statement made. */
  readonly real: string
  /** SQL that gives the expression to `key`, a table or domain of the same shape. */
  readonly sql: (key: string) => readonly string[]
  /** How PostgreSQL prints what {@link Saying.sql} made there. */
  readonly printed: (found: Catalog, key: string) => string | undefined
  /** SQL that takes the expression away from the real table, so that it can be said there. Absent: it can't be. */
  readonly clear?: readonly string[]
}

/** What expressions of a table, or of a materialized view, there are. */
export type Relation = Pick<Table, 'indexes'> & Partial<Table>

type Pair<T> = readonly [mine: T, theirs: T]

/** Everything in a table that is said again on a plain copy of it. */
export function tableSayings(key: TableName, mine: Relation, theirs: Relation): Saying[] {
  return [
    ...pairs(mine.columns ?? [], theirs.columns ?? []).flatMap((pair) => columnSayings(key, pair)),
    ...pairs(mine.constraints ?? [], theirs.constraints ?? []).flatMap(([ours, real]): Saying[] => {
      if (ours.expression === undefined || real.expression === undefined) return []
      const name = quoteName(ours.name)
      return [
        {
          what: `check ${name} on ${key}`,
          ours: ours.expression,
          real: real.expression,
          sql: (on) => [`ALTER TABLE ${on} ADD CONSTRAINT ${name} CHECK (${ours.expression})`],
          printed: (found, on) => found.tables.get(on)?.constraints.find((c) => c.name === ours.name)?.expression,
          clear: [`ALTER TABLE ${key} DROP CONSTRAINT ${name}`],
        },
      ]
    }),
    ...pairs(mine.indexes, theirs.indexes).flatMap((pair) => indexSayings(key, pair)),
    ...pairs(mine.triggers ?? [], theirs.triggers ?? []).flatMap(([ours, real]): Saying[] => {
      if (ours.when === undefined || real.when === undefined) return []
      const name = quoteName(ours.name)
      return [
        {
          what: `condition of trigger ${name} on ${key}`,
          ours: ours.when,
          real: real.when,
          // AFTER UPDATE FOR EACH ROW takes every condition that any kind of trigger takes.
          sql: (on) => [
            `CREATE TRIGGER ${name} AFTER UPDATE ON ${on} FOR EACH ROW WHEN (${ours.when}) EXECUTE FUNCTION ${ours.function}()`,
          ],
          printed: (found, on) => found.tables.get(on)?.triggers.find((t) => t.name === ours.name)?.when,
          clear: [`DROP TRIGGER ${name} ON ${key}`],
        },
      ]
    }),
    ...pairs(mine.policies ?? [], theirs.policies ?? []).map(([ours, real]): Saying => {
      const name = quoteName(ours.name)
      return {
        what: `policy ${name} on ${key}`,
        ours: policyTexts(ours),
        real: policyTexts(real),
        sql: (on) => [`CREATE POLICY ${name} ON ${on} USING (${ours.using ?? 'true'}) WITH CHECK (${ours.check ?? 'true'})`],
        printed: (found, on) => {
          const policy = found.tables.get(on)?.policies.find((p) => p.name === ours.name)
          return policy && policyTexts(policy)
        },
        clear: [`DROP POLICY ${name} ON ${key}`],
      }
    }),
  ]
}

/** A domain's default and checks. */
export function domainSayings(key: string, mine: Domain, theirs: Domain): Saying[] {
  const ofDefault: Saying[] =
    mine.default === undefined || theirs.default === undefined
      ? []
      : [
          {
            what: `default of domain ${key}`,
            ours: mine.default,
            real: theirs.default,
            sql: (on) => [`ALTER DOMAIN ${on} SET DEFAULT ${mine.default}`],
            printed: (found, on) => found.domains.get(on)?.default,
          },
        ]
  const ofChecks = pairs(mine.checks, theirs.checks).map(
    ([ours, real]): Saying => ({
      what: `check ${quoteName(ours.name)} of domain ${key}`,
      ours: ours.expression,
      real: real.expression,
      sql: (on) => [`ALTER DOMAIN ${on} ADD CONSTRAINT ${quoteName(ours.name)} CHECK (${ours.expression})`],
      printed: (found, on) => found.domains.get(on)?.checks.find((c) => c.name === ours.name)?.expression,
    }),
  )
  return [...ofDefault, ...ofChecks]
}

function columnSayings(key: TableName, [ours, real]: Pair<Table['columns'][number]>): Saying[] {
  const name = quoteName(ours.name)
  if (ours.default !== undefined && real.default !== undefined) {
    return [
      {
        what: `default of ${key}.${name}`,
        ours: ours.default,
        real: real.default,
        sql: (on) => [`ALTER TABLE ${on} ALTER COLUMN ${name} SET DEFAULT ${ours.default}`],
        printed: (found, on) => found.tables.get(on)?.columns.find((c) => c.name === ours.name)?.default,
        clear: [],
      },
    ]
  }
  const generated = ours.generated
  if (!generated || !real.generated) return []
  // A generated column can't use another one, so the order in which they get their expressions does not count.
  const add = `ADD COLUMN ${name} ${real.type}${real.collation ? ` COLLATE ${real.collation}` : ''}`
  return [
    {
      what: `expression of ${key}.${name}`,
      ours: generated.expression,
      real: real.generated.expression,
      sql: (on) => [
        `ALTER TABLE ${on} DROP COLUMN ${name}`,
        `ALTER TABLE ${on} ${add} GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`,
      ],
      printed: (found, on) => found.tables.get(on)?.columns.find((c) => c.name === ours.name)?.generated?.expression,
    },
  ]
}

function indexSayings(key: TableName, [ours, real]: Pair<Index>): Saying[] {
  if (indexTexts(ours) === NO_TEXTS) return []
  const name = quoteName(ours.name)
  const schema = key.slice(0, key.indexOf('"."') + 1)
  return [
    {
      what: `index ${name} on ${key}`,
      ours: indexTexts(ours),
      real: indexTexts(real),
      sql: (on) => [indexSql({ ...ours, unique: false, nullsNotDistinct: false }, on, { concurrently: false }) ?? 'no index'],
      printed: (found, on) => {
        const index = (found.tables.get(on) ?? found.views.get(on))?.indexes.find((i) => i.name === ours.name)
        return index && indexTexts(index)
      },
      clear: [
        ours.constraint === undefined ? `DROP INDEX ${schema}.${name}` : `ALTER TABLE ${key} DROP CONSTRAINT ${quoteName(ours.constraint)}`,
      ],
    },
  ]
}

function indexTexts(index: Index): string {
  return JSON.stringify([index.keys.map((k) => k.expression).filter((e) => e !== undefined), index.where])
}

const NO_TEXTS = JSON.stringify([[], undefined])

function policyTexts({ using, check }: Policy): string {
  return JSON.stringify([using ?? 'true', check ?? 'true'])
}

/** Items of the same name. */
function pairs<T extends { readonly name: string }>(mine: readonly T[], theirs: readonly T[]): Pair<T>[] {
  const byName = new Map(theirs.map((item) => [item.name, item]))
  return mine.flatMap((item): Pair<T>[] => {
    const other = byName.get(item.name)
    return other ? [[item, other]] : []
  })
}
