import { type Catalog, type Domain, quoteName, type TableName } from '@expand-contract/core'
import { introspect } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { domainSayings, type Relation, type Saying, tableSayings } from './sayings.ts'

/** What has been said to PostgreSQL already: an expression with what it was compared to is not said twice. One that is written as PostgreSQL prints it needs no saying. */
export type Said = Set<string>

/** An empty copy of an object, and what is to be said to it. */
interface Copy {
  readonly make: readonly string[]
  /** The copy as a key of the catalog. */
  readonly key: string
  /** The object itself. */
  readonly of: string
  readonly sayings: readonly Saying[]
}

/**
 * Says expressions of the replayed catalog to PostgreSQL once more, each on an empty copy of its table in a scratch schema, and compares how they are printed
 * there with how the real ones are. One that its copy does not take (it names its table with the schema) is said on the table itself. Nothing stays. `tables`
 * (and materialized views) and `domains` name those to look at; both catalogs must hold them, with the same columns, constraints and indexes. The texts are
 * read with PostgreSQL's own search_path.
 */
export async function sayAgain(
  client: Client,
  said: Said,
  { ours, real, tables, domains }: { ours: Catalog; real: Catalog; tables: readonly TableName[]; domains: readonly string[] },
): Promise<{ count: number; differences: string[] }> {
  const all = [
    ...tables.flatMap((key, i) => tableCopies(`judge_${i}`, key, ours, real)),
    ...domains.map((key, i) => domainCopy(`judge_domain_${i}`, key, ours.domains.get(key) as Domain, real.domains.get(key) as Domain)),
  ]
  const news = all
    .map((copy) => ({ ...copy, sayings: copy.sayings.filter((s) => s.ours !== s.real && !said.has(idOf(s))) }))
    .filter((copy) => copy.sayings.length > 0)
  if (news.length === 0) return { count: 0, differences: [] }
  const inside = client.getTransactionStatus() === 'T'
  await client.query(inside ? 'SAVEPOINT judge' : 'BEGIN')
  try {
    await client.query('SET LOCAL search_path = "$user", public; SET LOCAL client_min_messages = warning')
    const differences: string[] = []
    const judge = (saying: Saying, found: Catalog, key: string): void => {
      const printed = saying.printed(found, key)
      if (printed === saying.real) said.add(idOf(saying))
      else differences.push(`${saying.what}: expected ${saying.real}, found ${printed} (written ${saying.ours})`)
    }
    const refused = await sayOnCopies(client, news)
    const found = await introspect(client)
    for (const { key, sayings } of news) for (const saying of sayings) if (!refused.has(saying)) judge(saying, found, key)
    for (const { of, sayings } of news) {
      for (const saying of sayings.filter((s) => refused.has(s))) {
        const error = saying.clear ? await attempt(client, [...saying.clear, ...saying.sql(of)]) : refused.get(saying)
        if (error === undefined) judge(saying, await introspect(client), of)
        else differences.push(`${saying.what}: PostgreSQL does not take it again: ${error}: ${saying.ours}`)
      }
    }
    return { count: news.flatMap((copy) => copy.sayings).length, differences }
  } finally {
    await client.query(inside ? 'ROLLBACK TO SAVEPOINT judge' : 'ROLLBACK')
    if (inside) await client.query('RELEASE SAVEPOINT judge')
  }
}

function idOf({ what, ours, real }: Saying): string {
  return JSON.stringify([what, ours, real])
}

/** Makes the copies and says everything in one message; where PostgreSQL refuses something, each by itself. Gives what it refused, and why. */
async function sayOnCopies(client: Client, copies: readonly Copy[]): Promise<Map<Saying, string>> {
  const refused = new Map<Saying, string>()
  const make = copies.flatMap((copy) => copy.make)
  const say = copies.flatMap((copy) => copy.sayings.flatMap((saying) => saying.sql(copy.key)))
  if ((await attempt(client, [...make, ...say])) === undefined) return refused
  for (const copy of copies) {
    const error = await attempt(client, copy.make)
    for (const saying of copy.sayings) {
      const why = error ?? (await attempt(client, saying.sql(copy.key)))
      if (why !== undefined) refused.set(saying, why)
    }
  }
  return refused
}

/** Runs statements, or none of them: then the message of the server. */
async function attempt(client: Client, statements: readonly string[]): Promise<string | undefined> {
  await client.query('SAVEPOINT attempt')
  try {
    await client.query(`${statements.join('\n;')}\n;RELEASE attempt`)
    return undefined
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT attempt; RELEASE attempt')
    return error instanceof Error ? error.message : String(error)
  }
}

/** The copy has the name of its table, in a schema of its own: expressions may name the table. */
function tableCopies(scratch: string, key: TableName, ours: Catalog, real: Catalog): Copy[] {
  const [mine, theirs] = [relation(ours, key), relation(real, key)]
  const name = key.slice(key.indexOf('"."') + 2)
  const schema = `"${scratch}"`
  const copy: Copy = {
    make: [`CREATE SCHEMA ${schema}`, `CREATE TABLE ${schema}.${name} (LIKE ${key})`],
    key: `${schema}.${name}`,
    of: key,
    sayings: tableSayings(key, mine, theirs),
  }
  return [copy, ...partitioningCopies(scratch, key, name, mine, theirs, ours)]
}

function partitioningCopies(scratch: string, key: TableName, name: string, mine: Relation, theirs: Relation, ours: Catalog): Copy[] {
  const copies: Copy[] = []
  const partitioned = (on: string, like: string, by: string | undefined): string => `CREATE TABLE ${on} (LIKE ${like}) PARTITION BY ${by}`
  if (mine.partitionedBy !== undefined && theirs.partitionedBy !== undefined) {
    const schema = `"${scratch}_by"`
    const saying: Saying = {
      what: `partition key of ${key}`,
      ours: mine.partitionedBy,
      real: theirs.partitionedBy,
      sql: (on) => [partitioned(on, key, mine.partitionedBy)],
      printed: (found, on) => found.tables.get(on)?.partitionedBy,
    }
    copies.push({ make: [`CREATE SCHEMA ${schema}`], key: `${schema}.${name}`, of: key, sayings: [saying] })
  }
  const above = mine.kind === 'partition' ? mine.parents?.[0] : undefined
  const parent = above === undefined ? undefined : ours.tables.get(above)
  if (above !== undefined && parent?.partitionedBy !== undefined && mine.bound !== undefined && theirs.bound !== undefined) {
    const schema = `"${scratch}_bound"`
    // A parent of its own: what its other partitions hold does not matter.
    const parentCopy = `${schema}.${quoteName(parent.name === mine.name ? 'above' : parent.name)}`
    const saying: Saying = {
      what: `bounds of ${key}`,
      ours: mine.bound,
      real: theirs.bound,
      sql: (on) => [`CREATE TABLE ${on} PARTITION OF ${parentCopy} ${mine.bound}`],
      printed: (found, on) => found.tables.get(on)?.bound,
    }
    const make = [`CREATE SCHEMA ${schema}`, partitioned(parentCopy, above, parent.partitionedBy)]
    copies.push({ make, key: `${schema}.${name}`, of: key, sayings: [saying] })
  }
  return copies
}

function relation(catalog: Catalog, key: TableName): Relation {
  return catalog.tables.get(key) ?? { indexes: catalog.views.get(key)?.indexes ?? [] }
}

function domainCopy(scratch: string, key: string, mine: Domain, theirs: Domain): Copy {
  const collate = theirs.collation ? ` COLLATE ${theirs.collation}` : ''
  const make = [`CREATE SCHEMA "${scratch}"`, `CREATE DOMAIN "${scratch}".copy AS ${theirs.base}${collate}`]
  return { make, key: `${scratch}.copy`, of: key, sayings: domainSayings(key, mine, theirs) }
}
