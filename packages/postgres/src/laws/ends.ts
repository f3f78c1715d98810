import type { Catalog, Column, Expectation } from '@expand-contract/core'
import { displayTable, quoteName, quoteText } from '@expand-contract/core'
import type pg from 'pg'
import { readDefinitions } from '../introspect/definitions.ts'
import { introspect } from '../introspect/introspect.ts'
import { type LiveTable, readLiveTables } from '../live-table.ts'
import { columnReadings, compareRows, type Reading, readRows } from '../rows.ts'
import { countStatements, describe } from '../run-steps.ts'
import { diffLines, diffSchemas } from '../schema-diff.ts'
import { count, type Law, type Proof, verdict } from './law.ts'

/** Law 1: expand and contract give the schema and the data that the ORM's own SQL gives, or what the intents say where that would lose data. */
export const ends: Law = {
  law: 1,
  name: 'ends where the ORM would',
  async prove(proof) {
    const steps = proof.plan.stages.flatMap((stage) => stage.steps)
    if (steps.length === 0) return verdict(ends, 0, '', [])
    const { clone, failure } = proof.rehearsal
    if (failure) return verdict(ends, steps.length, count(steps.length, 'step'), [failure.message])
    const schema = await schemaFindings(clone.client, proof)
    const tables = await readLiveTables(clone.client, [...new Set([...proof.touched, ...proof.touchedAfter])])
    const data = await dataFindings(clone.client, tables, proof)
    const what = `${count(steps.length, 'step')}, ${count(countStatements(steps), 'statement')}, ${count(data.rows, 'row')} compared`
    return verdict(ends, steps.length, what, [...schema, ...data.findings])
  },
}

/** How a database differs from the one that the ORM's SQL makes. */
export async function schemaFindings(client: pg.Client, proof: Proof): Promise<string[]> {
  const [wanted, found] = [proof.after, await introspect(client)].map(withoutNotNullNames) as [Catalog, Catalog]
  const wider = widerSequences(wanted, found)
  const sequences = new Map([...wanted.sequences].map(([key, s]) => [key, wider.has(key) ? { ...s, type: 'bigint' as const } : s]))
  const definitions = await readDefinitions(client)
  const wantedDefinitions = new Map(proof.definitionsAfter)
  for (const key of wider) wantedDefinitions.set(`sequence ${key}`, definitions.get(`sequence ${key}`) ?? '')
  return [...diffSchemas({ ...wanted, sequences }, found), ...diffLines(wantedDefinitions, definitions)]
}

/** The ORM leaves the sequence of a serial column as it is when the column grows: it would end too early. Ours may count further. */
function widerSequences(wanted: Catalog, found: Catalog): Set<string> {
  const isBig = ({ table, column }: { table: string; column: string }) =>
    wanted.tables.get(table)?.columns.some((c) => c.name === column && c.type === 'bigint') === true
  const wider = [...wanted.sequences].filter(
    ([key, s]) => s.type !== 'bigint' && s.ownedBy !== undefined && isBig(s.ownedBy) && found.sequences.get(key)?.type === 'bigint',
  )
  return new Set(wider.map(([key]) => key))
}

/** A column that took another's place has a NOT NULL constraint of its own (PostgreSQL 18). No ORM knows its name. */
function withoutNotNullNames(catalog: Catalog): Catalog {
  const bare = ({ notNullConstraint: _, ...column }: Column): Column => column
  return { ...catalog, tables: new Map([...catalog.tables].map(([key, t]) => [key, { ...t, columns: t.columns.map(bare) }])) }
}

/** How the data differs from what the ORM's SQL and the intents say; and how many rows there are. */
export async function dataFindings(
  ours: pg.Client,
  tables: readonly LiveTable[],
  proof: Proof,
): Promise<{ findings: string[]; rows: number }> {
  const findings: string[] = []
  let rows = 0
  if (proof.original) {
    // Not while the seeded database is open: it may have to be copied once more.
    for (const table of tables) {
      findings.push(
        ...(await compareWithOriginal(ours, proof.original, table, await expectationsOf(ours, table, proof.plan.expects), proof)),
      )
    }
  }
  await proof.readSeeded((before) =>
    withNewEnums(before, proof, async () => {
      const started = await readLiveTables(before, proof.touched)
      for (const table of tables) {
        const expects = await expectationsOf(ours, table, proof.plan.expects)
        const start = started.find((t) => t.key === table.key)
        const { rowCount } = await ours.query(`SELECT FROM ${table.key}`)
        rows += rowCount ?? 0
        if (start && (expects.length > 0 || !proof.original)) {
          findings.push(...(await compareWithBefore(ours, before, table, start, expects, proof.original !== undefined)))
        }
      }
    }),
  )
  return { findings, rows }
}

/** What a column must hold may be said in terms of an enum that the migration makes: it is there for as long as the work takes. */
async function withNewEnums(before: pg.Client, proof: Proof, work: () => Promise<void>): Promise<void> {
  const made = [...proof.after.enums].filter(([type]) => !proof.before.enums.has(type))
  for (const [type, labels] of made) await before.query(`CREATE TYPE ${type} AS ENUM (${labels.map(quoteText).join(', ')})`)
  try {
    await work()
  } finally {
    for (const [type] of made) await before.query(`DROP TYPE ${type}`)
  }
}

async function expectationsOf(client: pg.Client, table: LiveTable, expects: readonly Expectation[]): Promise<Expectation[]> {
  const { rows } = await client.query(
    `SELECT i FROM unnest($1::text[]) WITH ORDINALITY w(name, i) WHERE to_regclass(w.name) = $2::text::regclass`,
    [expects.map((e) => e.table), table.key],
  )
  return rows.map((r) => expects[Number(r.i) - 1] as Expectation)
}

/** Every column that no intent speaks of holds what the ORM's SQL would have left in it. */
async function compareWithOriginal(
  ours: pg.Client,
  original: pg.Client,
  table: LiveTable,
  expects: readonly Expectation[],
  proof: Proof,
): Promise<string[]> {
  const names = table.columns.map((c) => c.name).filter((name) => !expects.some((e) => e.column === name))
  const compare = async (readings: readonly Reading[]) => {
    const wanted = await readRows(original, table.key, readings)
    return compareRows(
      wanted,
      await readRows(ours, table.key, readings),
      readings.map((r) => r.name),
    )
  }
  try {
    const difference = await compare(columnReadings(names))
    if (!difference) return []
    // What the ORM's SQL itself fills differently each time (now(), random) can only be there or not.
    const again = await proof.clone()
    const volatile = new Set<string>()
    try {
      await proof.runOriginal(again)
      for (const reading of columnReadings(names)) {
        const [one, two] = [await readRows(original, table.key, [reading]), await readRows(again.client, table.key, [reading])]
        if (compareRows(one, two, [reading.name])) volatile.add(reading.name)
      }
    } finally {
      await again.close()
    }
    const left = await compare(names.map((name) => ({ name, sql: volatile.has(name) ? `${quoteName(name)} IS NULL` : quoteName(name) })))
    return left ? [`${displayTable(table.key)}: the data is not what the ORM's SQL leaves: ${left}`] : []
  } catch (error) {
    return [`${displayTable(table.key)}: the data can't be compared with what the ORM's SQL leaves: ${describe(error)}`]
  }
}

/** Columns that an intent speaks of hold what it says; all others keep their values. */
async function compareWithBefore(
  ours: pg.Client,
  before: pg.Client,
  table: LiveTable,
  start: LiveTable,
  expects: readonly Expectation[],
  onlyKeys: boolean,
): Promise<string[]> {
  const kept = table.columns.filter((c) => start.columns.some((s) => s.name === c.name) && !expects.some((e) => e.column === c.name))
  const key = start.primary.length > 0 && start.primary.every((name) => kept.some((c) => c.name === name)) ? start.primary : undefined
  const type = (name: string) => table.columns.find((c) => c.name === name)?.type ?? 'text'
  // A label that the old type does not have can be told as text only.
  const isEnum = (name: string) => {
    const value = table.columns.find((c) => c.name === name)?.value
    return (value?.element ?? value)?.labels.length !== 0
  }
  try {
    const fixed: Reading[] = kept
      .filter((c) => !onlyKeys || !key || key.includes(c.name))
      .map(({ name }) => ({ name, sql: `CAST(${quoteName(name)} AS ${type(name)})` }))
    const wanted: Reading[] = [...fixed]
    const found: Reading[] = columnReadings(fixed.map((r) => r.name))
    for (const { column, from } of expects) {
      const reading = { name: column, sql: `CAST((${from ?? 'NULL'}) AS ${isEnum(column) ? 'text' : type(column)})` }
      const isVolatile = from === undefined || (await differs(before, start.key, reading))
      wanted.push(isVolatile ? { name: `${column} is filled`, sql: 'true' } : reading)
      found.push(isVolatile ? { name: column, sql: `${quoteName(column)} IS NOT NULL` } : { name: column, sql: quoteName(column) })
    }
    const names = wanted.map((r) => r.name)
    const difference = compareRows(await readRows(before, start.key, wanted), await readRows(ours, table.key, found), names)
    return difference ? [`${displayTable(table.key)}: ${difference}`] : []
  } catch (error) {
    return [`${displayTable(table.key)}: what its columns must hold can't be computed: ${describe(error)}`]
  }
}

/** True where an expression gives something else in each transaction. */
async function differs(client: pg.Client, table: string, reading: Reading): Promise<boolean> {
  const one = await readRows(client, table, [reading])
  const two = await readRows(client, table, [reading])
  return compareRows(one, two, [reading.name]) !== undefined
}
