import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Server } from '@expand-contract/postgres'

/**
 * What a history finds at its hoster and a plain PostgreSQL does not have. The real things are more; these let its statements run. `sql` is a migration before the
 * first, for the server and for replay; `without` is left out of what the server gets.
 */
export interface StandIn {
  readonly sql: string
  readonly without: readonly string[]
}

const ROLES = ['anon', 'authenticated', 'service_role', 'supabase_realtime_admin']
  .map((role) => `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role}; END IF; END $$;`)
  .join('\n')

const SUPABASE = `
${ROLES}
CREATE SCHEMA auth;
CREATE TABLE auth.users (id uuid PRIMARY KEY, email text, raw_user_meta_data jsonb);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE SCHEMA storage;
CREATE TABLE storage.buckets (id text PRIMARY KEY, name text, public boolean, owner uuid, avif_autodetection boolean, file_size_limit bigint, allowed_mime_types text[]);
CREATE TABLE storage.objects (id uuid PRIMARY KEY, bucket_id text REFERENCES storage.buckets, name text, owner uuid);
CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$ SELECT string_to_array(name, '/') $$;
CREATE SCHEMA realtime;
CREATE TABLE realtime.messages (id uuid PRIMARY KEY, topic text, extension text);
CREATE FUNCTION realtime.topic() RETURNS text LANGUAGE sql STABLE AS $$ SELECT '' $$;
`

/** By a part of the history's name. */
const BY_HISTORY: Readonly<Record<string, StandIn>> = {
  'onlook-dev__onlook': { sql: SUPABASE, without: [] },
  'webstudio-is__webstudio': {
    sql: `${ROLES}\nCREATE SCHEMA extensions;\nCREATE EXTENSION "uuid-ossp";
      CREATE FUNCTION extensions.uuid_generate_v4() RETURNS uuid LANGUAGE sql AS 'SELECT public.uuid_generate_v4()';`,
    without: [],
  },
  simstudioai__sim: { sql: '', without: ['WITH (m = 16, ef_construction = 64)', 'WITH (m=16,ef_construction=64)'] },
}

/** Types, operator classes and functions of extensions, on PostgreSQL's own code for text: nothing is computed with them. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  vector: `
    CREATE FUNCTION vector_in(cstring, oid, integer) RETURNS vector LANGUAGE internal IMMUTABLE STRICT AS 'varcharin';
    CREATE FUNCTION vector_out(vector) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
    CREATE FUNCTION vector_typmod_in(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
    CREATE FUNCTION vector_typmod_out(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
    CREATE TYPE vector (INPUT = vector_in, OUTPUT = vector_out, TYPMOD_IN = vector_typmod_in, TYPMOD_OUT = vector_typmod_out);
    CREATE FUNCTION vector(vector, integer, boolean) RETURNS vector LANGUAGE internal IMMUTABLE STRICT AS 'varchar';
    CREATE CAST (vector AS vector) WITH FUNCTION vector(vector, integer, boolean) AS IMPLICIT;
    CREATE FUNCTION vector_cmp(vector, vector) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'bttextcmp';
    CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER bthandler;
    CREATE OPERATOR CLASS vector_cosine_ops FOR TYPE vector USING hnsw AS FUNCTION 1 vector_cmp(vector, vector);`,
  ip4r: `
    CREATE DOMAIN ipaddress AS inet;
    CREATE FUNCTION iprange(ipaddress, ipaddress) RETURNS inet LANGUAGE sql IMMUTABLE AS 'SELECT inet_merge($1, $2)::inet';
    CREATE OPERATOR CLASS iprange_ops DEFAULT FOR TYPE inet USING gist FAMILY network_ops AS STORAGE inet;`,
  pgtap: '',
  timescaledb: `
    CREATE FUNCTION create_hypertable(relation regclass, time_column name, if_not_exists boolean, migrate_data boolean) RETURNS void LANGUAGE plpgsql AS
      $$ BEGIN EXECUTE format('CREATE INDEX ON %s (%I DESC)', relation, time_column); END $$;
    CREATE FUNCTION drop_chunks(regclass, interval) RETURNS void LANGUAGE sql AS '';
    CREATE FUNCTION set_chunk_time_interval(regclass, interval) RETURNS void LANGUAGE sql AS '';
    CREATE FUNCTION later(anyelement, anyelement, date) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT $2';
    CREATE AGGREGATE first(anyelement, date) (SFUNC = later, STYPE = anyelement);
    CREATE AGGREGATE last(anyelement, date) (SFUNC = later, STYPE = anyelement);
    CREATE FUNCTION time_bucket_gapfill(interval, date, date, date) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT $2';
    CREATE FUNCTION time_bucket_gapfill(interval, date) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT $2';
    CREATE FUNCTION time_bucket(interval, date) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT $2';
    CREATE FUNCTION locf(anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT $1';
    CREATE FUNCTION locf(anyelement, anyelement, boolean DEFAULT false) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT $1';
    CREATE FUNCTION interpolate(anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT $1';`,
}

export function standInFor(history: string): StandIn {
  const key = Object.keys(BY_HISTORY).find((part) => history.includes(part))
  return (key !== undefined && BY_HISTORY[key]) || { sql: '', without: [] }
}

/**
 * Lets a server (18 or newer: the older can't look elsewhere) find stand-ins of extensions, and `ltree` in the version that a history updates to. The caller calls
 * what it gets back when the server has stopped.
 */
export async function offerExtensions(server: Server): Promise<() => void> {
  if (server.major < 18) return () => {}
  const root = mkdtempSync(join(tmpdir(), 'expand-contract-extensions-'))
  // The server may run as another user.
  chmodSync(root, 0o755)
  const folder = join(root, 'extension')
  mkdirSync(folder)
  for (const [name, sql] of Object.entries(EXTENSIONS)) {
    writeFileSync(join(folder, `${name}.control`), "default_version = '1'\n")
    writeFileSync(join(folder, `${name}--1.sql`), sql)
  }
  const client = await server.connect('postgres')
  try {
    const { rows } = await client.query<{ setting: string }>(`SELECT setting FROM pg_config WHERE name = 'SHAREDIR'`)
    const real = join(rows[0]?.setting ?? '', 'extension')
    for (const file of readdirSync(real).filter((f) => f.startsWith('ltree--'))) copyFileSync(join(real, file), join(folder, file))
    writeFileSync(join(folder, 'ltree.control'), "default_version = '1.2'\nmodule_pathname = '$libdir/ltree'\ntrusted = true\n")
    await client.query(`ALTER SYSTEM SET extension_control_path = '${root}:$system'`)
    await client.query('SELECT pg_reload_conf()')
  } finally {
    await client.end()
  }
  return () => rmSync(root, { recursive: true, force: true })
}
