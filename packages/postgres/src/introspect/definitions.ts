import type { Client } from 'pg'
import { keySql, ownedByUser, USER_SCHEMA, WHERE_TABLES, withEmptyPath } from './session.ts'

/**
 * Every object of the user's schemas that core's catalog holds only in part or not at all, by a name that says what it is, with its
 * definition as PostgreSQL prints it: what views, triggers, policies, rules, functions and constraints say, sequences, domains, composite
 * types, comments, grants, publications, statistics, storage. Two databases whose definitions and catalogs are equal have equal schemas.
 * The names of NOT NULL constraints (version 18) are left out. Leaves the session as it was. Compare with `diffLines`.
 */
export function readDefinitions(client: Client): Promise<ReadonlyMap<string, string>> {
  return withEmptyPath(client, async () => {
    const objects = new Map<string, string>()
    for (const question of QUESTIONS) {
      const { rows } = await client.query<{ name: string; text: string | null }>(question)
      for (const { name, text } of rows) objects.set(name, text ?? 'none')
    }
    return objects
  })
}

const RELATION = 'pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace'
const OURS = `${USER_SCHEMA} AND ${ownedByUser('pg_class', 'c.oid')}`

/** SQL: the grants on an object, the built-in ones where nobody changed them, as sorted text. */
function grants(acl: string, kind: string, owner: string): string {
  return `(SELECT 'granted: ' || string_agg(g::text, ' ' ORDER BY g::text COLLATE "C")
           FROM unnest(coalesce(${acl}, acldefault('${kind}', ${owner}))) g)`
}

/** SQL: the object's name that PostgreSQL gives, with what kind of object it is. */
function identity(catalog: string, oid: string, subId = '0'): string {
  return `(SELECT o.type || ' ' || o.identity FROM pg_identify_object('${catalog}'::regclass, ${oid}, ${subId}) o)`
}

// Each answers with rows of a name and a text. A name is told apart from those of other questions by its first word or its end.
const QUESTIONS: readonly string[] = [
  // Views and materialized views.
  `SELECT 'definition of view ' || ${keySql()} AS name, concat_ws(' ', c.reloptions::text, pg_get_viewdef(c.oid)) AS text
   FROM ${RELATION} WHERE c.relkind IN ('v', 'm') AND ${OURS}`,

  // What a table is beyond its columns.
  `SELECT 'properties of ' || ${keySql()} AS name, concat_ws(', ',
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
       CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
       'replica identity ' || c.relreplident::text,
       'options ' || c.reloptions::text,
       'partitioned by ' || CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
       'partition ' || pg_get_expr(c.relpartbound, c.oid),
       (SELECT 'child of ' || string_agg(${keySql('hn', 'h.relname')}, ', ' ORDER BY i.inhseqno)
        FROM pg_inherits i JOIN pg_class h ON h.oid = i.inhparent JOIN pg_namespace hn ON hn.oid = h.relnamespace WHERE i.inhrelid = c.oid)
     ) AS text
   FROM ${RELATION} ${WHERE_TABLES}`,

  // Storage, compression, statistics target and options of columns that differ from what their type says.
  `SELECT 'storage of ' || ${keySql()} || '.' || quote_ident(a.attname) AS name,
       concat_ws(' ', a.attstorage, nullif(a.attcompression, ''), coalesce(a.attstattarget, -1), a.attoptions::text, a.attacl::text) AS text
   FROM ${RELATION} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   JOIN pg_type t ON t.oid = a.atttypid ${WHERE_TABLES}`,

  // Constraints in full: INITIALLY DEFERRED, MATCH FULL, NO INHERIT, NOT ENFORCED and the columns of SET NULL.
  `SELECT 'definition of constraint ' || quote_ident(k.conname) || ' on ' || ${keySql()} AS name, pg_get_constraintdef(k.oid) AS text
   FROM ${RELATION} JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype <> 'n' ${WHERE_TABLES}`,

  `SELECT 'definition of index ' || quote_ident(x.relname) || ' on ' || ${keySql()} AS name,
       concat_ws(' ', pg_get_indexdef(x.oid), CASE WHEN i.indisreplident THEN 'replica identity' END,
         CASE WHEN i.indisclustered THEN 'clustered' END) AS text
   FROM ${RELATION} JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
   WHERE c.relkind IN ('r', 'p', 'm') AND ${OURS}`,

  `SELECT 'definition of trigger ' || quote_ident(t.tgname) || ' on ' || ${keySql()} AS name,
       t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid) AS text
   FROM ${RELATION} JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal WHERE ${OURS}`,

  `SELECT 'definition of rule ' || quote_ident(r.rulename) || ' on ' || ${keySql()} AS name,
       r.ev_enabled::text || ' ' || pg_get_ruledef(r.oid) AS text
   FROM ${RELATION} JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN' WHERE ${OURS}`,

  `SELECT 'definition of policy ' || quote_ident(p.polname) || ' on ' || ${keySql()} AS name, concat_ws(' ',
       CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END, 'for ' || p.polcmd::text,
       'to ' || (SELECT string_agg(CASE u WHEN 0 THEN 'public' ELSE u::regrole::text END, ', ' ORDER BY u) FROM unnest(p.polroles) u),
       'using ' || pg_get_expr(p.polqual, c.oid), 'with check ' || pg_get_expr(p.polwithcheck, c.oid)) AS text
   FROM ${RELATION} JOIN pg_policy p ON p.polrelid = c.oid WHERE ${OURS}`,

  `SELECT 'sequence ' || ${keySql()} AS name, concat_ws(' ', format_type(s.seqtypid, NULL),
       'start', s.seqstart, 'increment', s.seqincrement, 'from', s.seqmin, 'to', s.seqmax, 'cache', s.seqcache, CASE WHEN s.seqcycle THEN 'cycle' END,
       (SELECT 'owned by ' || ${identity('pg_class', 'd.refobjid', 'd.refobjsubid')} FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
          AND d.deptype IN ('a', 'i'))) AS text
   FROM ${RELATION} JOIN pg_sequence s ON s.seqrelid = c.oid WHERE ${OURS}`,

  `SELECT 'owner and grants of ' || ${identity('pg_class', 'c.oid')} AS name,
       'owner ' || c.relowner::regrole || ' ' || ${grants('c.relacl', 'r', 'c.relowner')} AS text
   FROM ${RELATION} WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${OURS}`,

  `SELECT 'definition of ' || ${identity('pg_proc', 'p.oid')} AS name,
       pg_get_functiondef(p.oid) || ' owner ' || p.proowner::regrole || ' ' || ${grants('p.proacl', 'f', 'p.proowner')} AS text
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE p.prokind IN ('f', 'p', 'w') AND ${USER_SCHEMA} AND ${ownedByUser('pg_proc', 'p.oid')}`,

  // Domains and composite types; the row type of a table is told by the table.
  `SELECT 'type ' || format_type(t.oid, NULL) AS name, concat_ws(' ',
       CASE WHEN t.typtype = 'd' THEN 'domain over ' || format_type(t.typbasetype, t.typtypmod) END,
       CASE WHEN t.typnotnull THEN 'not null' END, 'default ' || t.typdefault,
       (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint k
        WHERE k.contypid = t.oid AND k.contype = 'c'),
       (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)) AS text
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class r ON r.oid = t.typrelid
   WHERE (t.typtype = 'd' OR r.relkind = 'c') AND ${USER_SCHEMA} AND ${ownedByUser('pg_type', 't.oid')}`,

  `SELECT 'comment on ' || ${identity('pg_class', 'd.objoid', 'd.objsubid')} AS name, d.description AS text
   FROM pg_description d JOIN ${RELATION} ON c.oid = d.objoid WHERE d.classoid = 'pg_class'::regclass AND ${OURS}`,

  `SELECT 'comment on constraint ' || quote_ident(k.conname) || ' on ' || ${keySql()} AS name, d.description AS text
   FROM pg_description d JOIN pg_constraint k ON k.oid = d.objoid AND k.contype <> 'n' JOIN ${RELATION} ON c.oid = k.conrelid
   WHERE d.classoid = 'pg_constraint'::regclass AND ${OURS}`,

  `SELECT 'statistics ' || ${keySql('n', 's.stxname')} AS name, pg_get_statisticsobjdef(s.oid) AS text
   FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${USER_SCHEMA}`,

  // A publication of single tables; its column list exists from version 15 on.
  `SELECT 'publication ' || quote_ident(p.pubname) || ' of ' || ${keySql()} AS name, coalesce(
       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND to_jsonb(r) -> 'prattrs' @> to_jsonb(a.attnum)), 'all columns') AS text
   FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid JOIN ${RELATION} ON c.oid = r.prrelid WHERE ${OURS}`,

  `SELECT 'extension ' || quote_ident(e.extname) AS name, e.extversion AS text FROM pg_extension e`,

  `SELECT 'schema ' || quote_ident(n.nspname) AS name,
       'owner ' || n.nspowner::regrole || ' ' || ${grants('n.nspacl', 'n', 'n.nspowner')} AS text
   FROM pg_namespace n WHERE ${USER_SCHEMA}`,
]
