import { type Catalog, type Domain, type Index, quoteName, type Table, type TableName } from '@expand-contract/core'
import { introspect } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { indexSql } from '../../packages/core/src/index-sql.ts'

/** One expression of the replayed catalog, as text. */
interface Saying {
  /** `default of "public"."t".a` */
  readonly what: string
  readonly ours: string
  /** How PostgreSQL prints what the history's statement made. */
  readonly real: string
  /** SQL that gives the expression to the copy of its table. */
  readonly sql: readonly string[]
  /** How PostgreSQL prints what `sql` made. */
  readonly printed: (found: Catalog) => string | undefined
}

/** An object to copy and what is to be said to the copy. */
interface Copy {
  readonly make: readonly string[]
  readonly sayings: readonly Saying[]
}

/** What has been said to PostgreSQL already: an expression with what it was compared to is not said twice. */
export type Said = Set<string>

/**
 * Says expressions of the replayed catalog to PostgreSQL once more, each on an empty copy of its table in a scratch schema, and compares how they are
 * printed there with how the real ones are. Nothing stays. `tables` and `domains` name those to look at; both catalogs must hold them, with the same
 * columns, constraints and indexes. The texts are read with PostgreSQL's own search_path.
 */
export async function sayAgain(
  client: Client,
  said: Said,
  { ours, real, tables, domains }: { ours: Catalog; real: Catalog; tables: readonly TableName[]; domains: readonly string[] },
): Promise<{ count: number; differences: string[] }> {
  const schemas = [...new Set([...tables].map((key) => relation(ours, key).schema))]
  const scratch = (schema: string, kind = ''): string => `judge_${kind}${schemas.indexOf(schema)}`
  const copies = [
    ...tables.map((key) => tableCopy(key, ours, real, scratch)),
    ...domains.map((key, i) => domainCopy(key, `d${i}`, ours.domains.get(key) as Domain, real.domains.get(key) as Domain)),
  ]
  const news = copies.map(({ make, sayings }) => ({ make, sayings: sayings.filter((s) => !said.has(idOf(s))) })).filter((c) => c.sayings.length > 0)
  if (news.length === 0) return { count: 0, differences: [] }
  const sayings = news.flatMap((c) => c.sayings)
  const differences: string[] = []
  const inside = client.getTransactionStatus() === 'T'
  await client.query(inside ? 'SAVEPOINT judge' : 'BEGIN')
  try {
    await client.query('SET LOCAL search_path = "$user", public; SET LOCAL client_min_messages = warning; SET LOCAL check_function_bodies = off')
    const made = ['d', ...schemas.flatMap((s) => [scratch(s), scratch(s, 'keys_'), scratch(s, 'parts_')])]
    for (const name of made) await client.query(`CREATE SCHEMA ${name === 'd' ? 'judge_domains' : name}`)
    await allOrEach(client, [...news.flatMap((c) => c.make.map((sql) => ({ sql, what: sql }))), ...sayings.flatMap((s) => s.sql.map((sql) => ({ sql, what: s.what })))], (what, error) =>
      differences.push(`${what}: PostgreSQL does not take it again: ${error}`),
    )
    const found = await introspect(client)
    for (const saying of sayings) {
      const printed = saying.printed(found)
      if (printed === saying.real) said.add(idOf(saying))
      else if (printed !== undefined) differences.push(`${saying.what}: expected ${saying.real}, found ${printed} (written ${saying.ours})`)
      else if (!differences.some((d) => d.startsWith(`${saying.what}:`))) differences.push(`${saying.what}: could not be said again`)
    }
  } finally {
    await client.query(inside ? 'ROLLBACK TO SAVEPOINT judge' : 'ROLLBACK')
    if (inside) await client.query('RELEASE SAVEPOINT judge')
  }
  return { count: sayings.length, differences }
}

function idOf({ what, ours, real }: Saying): string {
  return JSON.stringify([what, ours, real])
}

/** Sends all in one message; where PostgreSQL refuses one of them, each by itself, so that the others count. */
async function allOrEach(client: Client, statements: readonly { sql: string; what: string }[], refused: (what: string, error: string) => void): Promise<void> {
  const attempt = async (sql: string): Promise<string | undefined> => {
    try {
      await client.query(`SAVEPOINT judge_try;\n${sql}\n;RELEASE judge_try`)
      return undefined
    } catch (error) {
      await client.query('ROLLBACK TO SAVEPOINT judge_try; RELEASE judge_try')
      return error instanceof Error ? error.message : String(error)
    }
  }
  if ((await attempt(statements.map(({ sql }) => sql).join('\n;'))) === undefined) return
  for (const { sql, what } of statements) {
    const error = await attempt(sql)
    if (error !== undefined) refused(what, `${error}: ${sql}`)
  }
}

/** A table, or a materialized view, whose indexes can be said. */
type Relation = Pick<Table, 'schema' | 'name'> & Partial<Table> & Pick<Table, 'indexes'>

function relation(catalog: Catalog, key: TableName): Relation {
  const table = catalog.tables.get(key)
  if (table) return table
  // A view's entry has no name of its own: it is the key's.
  const [, schema = '', name = ''] = /^"((?:[^"]|"")*)"\."((?:[^"]|"")*)"$/.exec(key) ?? []
  return { schema: schema.replaceAll('""', '"'), name: name.replaceAll('""', '"'), indexes: catalog.views.get(key)?.indexes ?? [] }
}

function tableCopy(key: TableName, ours: Catalog, real: Catalog, scratch: (schema: string, kind?: string) => string): Copy {
  const [mine, theirs] = [relation(ours, key), relation(real, key)]
  const copyKey = `"${scratch(mine.schema)}".${quoteName(mine.name)}`
  const keyOf = (kind: string, r: Relation): string => `"${scratch(r.schema, kind)}".${quoteName(r.name)}`
  const copy = (found: Catalog): Table | undefined => found.tables.get(asKey(scratch(mine.schema), mine.name))
  const sayings: Saying[] = []
  const say = (what: string, text: string | undefined, realText: string | undefined, sql: readonly string[], printed: Saying['printed']): void => {
    if (text !== undefined && realText !== undefined) sayings.push({ what, ours: text, real: realText, sql, printed })
  }
  for (const c of mine.columns ?? []) {
    const there = theirs.columns?.find((t) => t.name === c.name)
    const name = quoteName(c.name)
    say(`default of ${key}.${name}`, c.default, there?.default, [`ALTER TABLE ${copyKey} ALTER COLUMN ${name} SET DEFAULT ${c.default}`], (found) =>
      copy(found)?.columns.find((t) => t.name === c.name)?.default,
    )
    const collate = c.collation ? ` COLLATE ${c.collation}` : ''
    // A generated column can't use another one, so the order in which they get their expressions does not count.
    const add = `ADD COLUMN ${name} ${c.type}${collate} GENERATED ALWAYS AS (${c.generated?.expression}) ${c.generated?.stored ? 'STORED' : 'VIRTUAL'}`
    say(
      `expression of ${key}.${name}`,
      c.generated?.expression,
      there?.generated?.expression,
      [`ALTER TABLE ${copyKey} DROP COLUMN ${name}`, `ALTER TABLE ${copyKey} ${add}`],
      (found) => copy(found)?.columns.find((t) => t.name === c.name)?.generated?.expression,
    )
  }
  for (const c of mine.constraints ?? []) {
    const there = theirs.constraints?.find((t) => t.name === c.name)
    const name = quoteName(c.name)
    say(
      `check ${name} on ${key}`,
      c.kind === 'check' ? c.expression : undefined,
      there?.expression,
      [`ALTER TABLE ${copyKey} ADD CONSTRAINT ${name} CHECK (${c.expression})`],
      (found) => copy(found)?.constraints.find((t) => t.name === c.name)?.expression,
    )
  }
  for (const index of mine.indexes) {
    const there = theirs.indexes.find((t) => t.name === index.name)
    if (!there || indexTexts(index) === NO_TEXTS) continue
    const sql = indexSql({ ...index, unique: false, nullsNotDistinct: false }, copyKey, { concurrently: false }) ?? 'SELECT no_index'
    say(`index ${quoteName(index.name)} on ${key}`, indexTexts(index), indexTexts(there), [sql], (found) => {
      const made = copy(found)?.indexes.find((i) => i.name === index.name)
      return made && indexTexts(made)
    })
  }
  for (const trigger of mine.triggers ?? []) {
    const there = theirs.triggers?.find((t) => t.name === trigger.name)
    const name = quoteName(trigger.name)
    // AFTER UPDATE FOR EACH ROW takes every condition that any kind of trigger takes.
    const sql = `CREATE TRIGGER ${name} AFTER UPDATE ON ${copyKey} FOR EACH ROW WHEN (${trigger.when}) EXECUTE FUNCTION ${trigger.function}()`
    say(`condition of trigger ${name} on ${key}`, trigger.when, there?.when, [sql], (found) => copy(found)?.triggers.find((t) => t.name === trigger.name)?.when)
  }
  for (const policy of mine.policies ?? []) {
    const there = theirs.policies?.find((p) => p.name === policy.name)
    const [using, check] = [policy.using ?? 'true', policy.check ?? 'true']
    const sql = `CREATE POLICY ${quoteName(policy.name)} ON ${copyKey} USING (${using}) WITH CHECK (${check})`
    const texts = (p: { using?: string | undefined; check?: string | undefined } | undefined) => p && JSON.stringify([p.using ?? 'true', p.check ?? 'true'])
    say(`policy ${quoteName(policy.name)} on ${key}`, texts(policy), texts(there), [sql], (found) => texts(copy(found)?.policies.find((p) => p.name === policy.name)))
  }
  const partitioned = keyOf('keys_', mine)
  say(`partition key of ${key}`, mine.partitionedBy, theirs.partitionedBy, partitionedCopy(partitioned, key, mine), (found) =>
    found.tables.get(asKey(scratch(mine.schema, 'keys_'), mine.name))?.partitionedBy,
  )
  const parentKey = mine.kind === 'partition' ? mine.parents?.[0] : undefined
  const parent = parentKey === undefined ? undefined : ours.tables.get(parentKey)
  if (parent && parentKey !== undefined) {
    // A parent of its own for each partition: what the others hold does not matter.
    const above = `"${scratch(mine.schema, 'parts_')}".${quoteName(`of ${mine.name}`.slice(0, 40))}`
    const sql = [...partitionedCopy(above, parentKey, parent), `CREATE TABLE ${keyOf('parts_', mine)} PARTITION OF ${above} ${mine.bound}`]
    say(`bounds of ${key}`, mine.bound, theirs.bound, sql, (found) => found.tables.get(asKey(scratch(mine.schema, 'parts_'), mine.name))?.bound)
  }
  return { make: [`CREATE TABLE ${copyKey} (LIKE ${key})`], sayings }
}

function partitionedCopy(name: string, key: TableName, { partitionedBy }: Partial<Table>): string[] {
  return [`CREATE TABLE ${name} (LIKE ${key}) PARTITION BY ${partitionedBy}`]
}

function asKey(schema: string, name: string): TableName {
  return `"${schema}"."${name.replaceAll('"', '""')}"`
}

function indexTexts(index: Index): string {
  return JSON.stringify([index.keys.map((k) => k.expression).filter((e) => e !== undefined), index.where])
}

const NO_TEXTS = JSON.stringify([[], undefined])

function domainCopy(key: string, name: string, mine: Domain, theirs: Domain): Copy {
  const copyKey = `judge_domains.${name}`
  const copy = (found: Catalog): Domain | undefined => found.domains.get(copyKey)
  const sayings: Saying[] = []
  if (mine.default !== undefined && theirs.default !== undefined) {
    sayings.push({
      what: `default of domain ${key}`,
      ours: mine.default,
      real: theirs.default,
      sql: [`ALTER DOMAIN ${copyKey} SET DEFAULT ${mine.default}`],
      printed: (found) => copy(found)?.default,
    })
  }
  for (const check of mine.checks) {
    const there = theirs.checks.find((c) => c.name === check.name)
    if (!there) continue
    sayings.push({
      what: `check ${quoteName(check.name)} of domain ${key}`,
      ours: check.expression,
      real: there.expression,
      sql: [`ALTER DOMAIN ${copyKey} ADD CONSTRAINT ${quoteName(check.name)} CHECK (${check.expression})`],
      printed: (found) => copy(found)?.checks.find((c) => c.name === check.name)?.expression,
    })
  }
  return { make: [`CREATE DOMAIN ${copyKey} AS ${theirs.base}${theirs.collation ? ` COLLATE ${theirs.collation}` : ''}`], sayings }
}
