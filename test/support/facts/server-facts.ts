import type { Client } from 'pg'

/** What one server says about names, each fact under a readable key. */
export interface ServerFacts {
  /** Name of a function of pg_catalog -> how it may be called; volatile ones are left out, as unknown ones count as volatile. */
  readonly functions: ReadonlyMap<string, 'immutable' | 'stable'>
  /** Volatile overloads of names in {@link functions}: `timezone(text,time with time zone)`. */
  readonly volatileOverloads: ReadonlySet<string>
  /** The same for what an extension brings, by extension. */
  readonly extensions: ReadonlyMap<string, ReadonlyMap<string, 'immutable' | 'stable'>>
  /** `text > character varying` -> `ib`: context (i, a, e) and method (b: same bytes, f: function, i: by text). A type of an extension has no schema. */
  readonly casts: ReadonlyMap<string, string>
  /** Types of the string category. */
  readonly strings: ReadonlySet<string>
  /** `text btree` -> `text_ops`, of every type that shares its bytes with another. */
  readonly classes: ReadonlyMap<string, string>
}

/** Reads them. Makes every extension that the server carries in a schema of its own: give it a scratch database. */
export async function readServerFacts(client: Client): Promise<ServerFacts> {
  await createExtensions(client)
  // Types of pg_catalog are printed bare in any case, those of extensions because of this.
  await client.query('SET search_path = facts')
  const { functions, volatile } = await readFunctions(client)
  return {
    functions: functions.get('') ?? new Map(),
    volatileOverloads: new Set(volatile),
    extensions: new Map([...functions].filter(([extension, list]) => extension !== '' && list.size > 0)),
    casts: await readPairs(client, CASTS),
    strings: new Set((await readPairs(client, STRINGS)).keys()),
    classes: await readPairs(client, CLASSES),
  }
}

const EXTENSIONS = `SELECT name FROM pg_available_extensions WHERE name !~ '(plpython|plperl|pltcl|plpgsql|pl$|plu$)' ORDER BY name`

async function createExtensions(client: Client): Promise<void> {
  await client.query('CREATE SCHEMA facts')
  const { rows } = await client.query<{ name: string }>(EXTENSIONS)
  for (const { name } of rows) {
    try {
      await client.query(`CREATE EXTENSION IF NOT EXISTS "${name}" SCHEMA facts CASCADE`)
    } catch {
      // Some insist on a schema of their own.
      await client.query(`CREATE EXTENSION IF NOT EXISTS "${name}" CASCADE`)
    }
  }
}

/** Functions that SQL can call: what takes or gives `internal` or `cstring` is PostgreSQL's own business. */
const FUNCTIONS = `
  SELECT coalesce(e.extname, '') AS extension, p.proname AS name, p.provolatile AS volatility,
    ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, n) ORDER BY n) AS arguments
  FROM pg_proc p
  LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  LEFT JOIN pg_extension e ON e.oid = d.refobjid
  WHERE p.prokind = 'f'
    AND (e.extname IS NOT NULL OR p.pronamespace = 'pg_catalog'::regnamespace)
    AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
    AND p.prorettype::regtype::text NOT IN ('internal', 'cstring', 'trigger', 'event_trigger')
    AND p.prorettype::regtype::text NOT LIKE '%_handler'`

type Level = 'immutable' | 'stable'

async function readFunctions(client: Client) {
  const { rows } = await client.query<{ extension: string; name: string; volatility: 'i' | 's' | 'v'; arguments: string[] }>(FUNCTIONS)
  const functions = new Map<string, Map<string, Level>>()
  const put = (extension: string, name: string, level: Level): void => {
    const list = functions.get(extension) ?? new Map<string, Level>()
    functions.set(extension, list.set(name, list.get(name) === 'stable' ? 'stable' : level))
  }
  for (const row of rows) if (row.volatility !== 'v') put(row.extension, row.name, row.volatility === 's' ? 'stable' : 'immutable')
  const volatile = rows
    .filter((row) => row.volatility === 'v' && functions.get(row.extension)?.has(row.name))
    .map((row) => `${row.name}(${row.arguments.join(',')})`)
  return { functions, volatile }
}

const CASTS = `
  SELECT format_type(castsource, NULL) || ' > ' || format_type(casttarget, NULL) AS key,
         castcontext::text || castmethod::text AS value
  FROM pg_cast WHERE castsource::regtype::text !~ '^pg_' ORDER BY 1`

const STRINGS = `SELECT format_type(oid, NULL) AS key, '' AS value FROM pg_type WHERE typcategory = 'S' AND typtype = 'b' AND typname !~ '^pg_' ORDER BY 1`

/** By names: a binary-coercible type finds the class of the type whose bytes it shares, which pg_opclass says for that one only. */
const CLASSES = `
  WITH shares AS (
    SELECT castsource AS type FROM pg_cast WHERE castmethod = 'b' UNION SELECT casttarget FROM pg_cast WHERE castmethod = 'b'
    UNION VALUES ('timestamp'::regtype), ('timestamptz'::regtype)
  ), candidates AS (
    SELECT DISTINCT ON (s.type, m.amname) s.type, m.amname, o.opcname
    FROM shares s JOIN pg_opclass o ON o.opcdefault JOIN pg_am m ON m.oid = o.opcmethod JOIN pg_type t ON t.oid = o.opcintype
    LEFT JOIN pg_cast c ON c.castsource = s.type AND c.casttarget = o.opcintype AND c.castmethod = 'b' AND c.castcontext = 'i'
    WHERE (o.opcintype = s.type OR c.oid IS NOT NULL) AND s.type::regtype::text !~ '^pg_'
    ORDER BY s.type, m.amname, o.opcintype = s.type DESC, t.typispreferred DESC, o.opcname
  )
  SELECT format_type(type, NULL) || ' ' || amname AS key, opcname::text AS value FROM candidates ORDER BY 1`

async function readPairs(client: Client, sql: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ key: string; value: string }>(sql)
  return new Map(rows.map((row) => [row.key, row.value]))
}
